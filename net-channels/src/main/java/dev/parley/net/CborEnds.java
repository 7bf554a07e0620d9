package dev.parley.net;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.parley.csp.ReceiverEnd;
import dev.parley.csp.Sender;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Ends of channels in CBOR values, as text strings: references.
final class CborEnds {
    private CborEnds() {}

    static SimpleModule module() {
        return new SimpleModule("ends").addSerializer(new Out(Sender.class)).addSerializer(new Out(ReceiverEnd.class))
                .addDeserializer(Sender.class, new In<Sender<?>>(Sender.class, IncomingEnds::sender, null))
                .addDeserializer(ReceiverEnd.class,
                        new In<ReceiverEnd<?>>(ReceiverEnd.class, IncomingEnds::receiver, null));
    }

    private static final class Out extends StdSerializer<Object> {
        private static final long serialVersionUID = 1;

        Out(Class<?> type) {
            super(type, false);
        }

        @Override public void serialize(Object end, JsonGenerator out, SerializerProvider provider)
                throws IOException {
            if (!(provider.getAttribute(OutgoingEnds.class) instanceof OutgoingEnds ends)) throw EndCodec.withoutNode();
            out.writeString(ends.leaves(end));
        }
    }

    /// Asks for the end that a reference names.
    private interface Asking<E> {
        E end(IncomingEnds ends, String reference, Codec<?> elements);
    }

    /// @param <E> the end
    private static final class In<E> extends StdDeserializer<E> implements ContextualDeserializer {
        private static final long serialVersionUID = 1;

        private final transient Asking<E> asking;
        private final transient @Nullable Codec<?> elements; // null before the type is known

        In(Class<?> type, Asking<E> asking, @Nullable Codec<?> elements) {
            super(type);
            this.asking = asking;
            this.elements = elements;
        }

        @Override public JsonDeserializer<?> createContextual(DeserializationContext context,
                @Nullable BeanProperty property) {
            var type = context.getContextualType();
            var element = type == null ? null : type.containedType(0);
            if (element == null)
                throw new IllegalArgumentException("an end in a record must say what its channel carries, as in "
                        + handledType().getSimpleName() + "<String>");
            return new In<>(handledType(), asking, CborCodec.ofElements(element));
        }

        @Override public E deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (elements == null || !(context.getAttribute(IncomingEnds.class) instanceof IncomingEnds ends))
                throw EndCodec.withoutNode();
            return asking.end(ends, in.getText(), elements);
        }
    }
}
