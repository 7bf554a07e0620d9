package dev.parley.net;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Sender;
import dev.parley.net.protocol.Frame;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Values as CBOR. The type is fixed when the codec is made; nothing in the bytes can name another. Default typing stays off, so a sealed
/// interface needs its subtypes declared by name (`@JsonTypeInfo(use = NAME)` with `@JsonSubTypes`).
///
/// @param <T> the elements
final class CborCodec<T> implements MobileCodec<T> {
    private static final ObjectMapper MAPPER = mapper();

    private final JavaType type;
    private final String fingerprint;
    private final ObjectWriter writer;
    private final ObjectReader reader;
    private final boolean carriesEnds;

    private CborCodec(JavaType type) {
        this.type = type;
        this.writer = MAPPER.writerFor(type);
        this.reader = MAPPER.readerFor(type);
        var inside = new HashSet<Class<?>>();
        this.fingerprint = "cbor:" + type.toCanonical().replace("java.lang.", "").replace("java.util.", "") + "#"
                + digest(shape(type, inside));
        this.carriesEnds = inside.contains(Sender.class) || inside.contains(ReceiverEnd.class);
        int length = fingerprint.getBytes(StandardCharsets.UTF_8).length;
        if (length > Frame.FINGERPRINT)
            throw new IllegalArgumentException("the type's name is too long: its fingerprint has " + length
                    + " bytes, the limit is " + Frame.FINGERPRINT + "; wrap it in a record");
    }

    static <T> Codec<T> of(Class<T> type) {
        if (type.getTypeParameters().length > 0)
            throw new IllegalArgumentException(type.getName()
                    + " has type parameters that a Class cannot name; use Codec.listOf or Codec.mapOf, or wrap it in a record");
        if (type == Object.class || type == Serializable.class || type.isPrimitive())
            throw new IllegalArgumentException(type.getName() + " does not say what travels; name a concrete type");
        return new CborCodec<>(MAPPER.constructType(type));
    }

    static <E> Codec<List<E>> listOf(Class<E> element) {
        return new CborCodec<>(MAPPER.getTypeFactory().constructCollectionType(List.class, element));
    }

    static <K, V> Codec<Map<K, V>> mapOf(Class<K> key, Class<V> value) {
        return new CborCodec<>(MAPPER.getTypeFactory().constructMapType(Map.class, key, value));
    }

    @Override public String fingerprint() {
        return fingerprint;
    }

    @Override public byte[] encode(T value) {
        return encode(writer, value);
    }

    private byte[] encode(ObjectWriter writer, T value) {
        try {
            return writer.writeValueAsBytes(value);
        } catch (IOException failure) {
            throw new IllegalArgumentException("cannot write a " + value.getClass().getName() + " as " + type
                    + (carriesEnds ? ": " + failure.getMessage() : ""), failure);
        }
    }

    @Override public T decode(byte[] bytes) throws IOException {
        return reader.readValue(bytes);
    }

    /// Of a type that a value of another names.
    static Codec<?> ofElements(JavaType type) {
        return type.hasGenericTypes() ? new CborCodec<>(type) : Codec.of(type.getRawClass());
    }

    @Override public boolean carriesEnds() {
        return carriesEnds;
    }

    @Override public byte[] encode(T value, OutgoingEnds ends) {
        return encode(writer.withAttribute(OutgoingEnds.class, ends), value);
    }

    @Override public T decode(byte[] bytes, IncomingEnds ends) throws IOException {
        return reader.withAttribute(IncomingEnds.class, ends).readValue(bytes);
    }

    @Override public String toString() {
        return "Codec[" + fingerprint + "]";
    }

    private static ObjectMapper mapper() {
        // a string is no longer than its element, and that is bounded and here
        var constraints = StreamReadConstraints.builder().maxNestingDepth(64).maxStringLength(Integer.MAX_VALUE)
                .maxNumberLength(1000).build();
        return CBORMapper.builder(CBORFactory.builder().streamReadConstraints(constraints).build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).addModule(CborEnds.module()).build();
    }

    /// The names and types of everything inside `type`, so that two classes of one name and different content do not match.
    ///
    /// @param inside gets them
    private static String shape(JavaType type, Set<Class<?>> inside) {
        var text = new StringBuilder();
        describe(type.getRawClass(), text, inside);
        for (int i = 0; i < type.containedTypeCount(); i++) {
            var ofThis = new HashSet<Class<?>>();
            describe(type.containedType(i).getRawClass(), text, ofThis);
            inside.addAll(ofThis);
        }
        return text.toString();
    }

    private static void describe(Type type, StringBuilder text, Set<Class<?>> seen) {
        switch (type) {
            case Class<?> plain -> describeClass(plain, text, seen);
            case ParameterizedType generic -> {
                describe(generic.getRawType(), text, seen);
                for (var argument : generic.getActualTypeArguments()) describe(argument, text, seen);
            }
            case GenericArrayType array -> describe(array.getGenericComponentType(), text.append("[]"), seen);
            default -> text.append(type.getTypeName());
        }
    }

    private static void describeClass(Class<?> type, StringBuilder text, Set<Class<?>> seen) {
        text.append(type.getName());
        if (!seen.add(type)) return;
        if (type.isRecord()) {
            text.append('(');
            for (var component : type.getRecordComponents()) {
                text.append(component.getName()).append(':');
                describe(component.getGenericType(), text, seen);
                text.append(',');
            }
            text.append(')');
        } else if (type.isEnum()) {
            var names = new ArrayList<String>();
            for (var constant : type.getEnumConstants()) names.add(((Enum<?>) constant).name());
            text.append(names);
        } else if (type.isSealed()) {
            for (var permitted : type.getPermittedSubclasses()) describe(permitted, text.append('|'), seen);
        } else if (type.isArray()) describe(type.getComponentType(), text, seen);
    }

    private static String digest(String text) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("this Java has no SHA-256", impossible);
        }
    }
}
