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
                .addDeserializer(Sender.class, new SenderIn(null))
                .addDeserializer(ReceiverEnd.class, new ReceiverIn(null));
    }

    private static final class Out extends StdSerializer<Object> {
        private static final long serialVersionUID = 1;

        Out(Class<?> type) {
            super(type, false);
        }

        @Override public void serialize(Object end, JsonGenerator out, SerializerProvider provider)
                throws IOException {
            if (!(provider.getAttribute(Departure.class) instanceof Departure ends)) throw EndCodec.withoutNode();
            out.writeString(ends.leaves(end));
        }
    }

    /// @param <E> the end
    private abstract static class In<E> extends StdDeserializer<E> implements ContextualDeserializer {
        private static final long serialVersionUID = 1;

        private final transient @Nullable Codec<?> elements; // null before the type is known

        In(Class<?> type, @Nullable Codec<?> elements) {
            super(type);
            this.elements = elements;
        }

        @Override public JsonDeserializer<?> createContextual(DeserializationContext context,
                @Nullable BeanProperty property) {
            var type = context.getContextualType();
            var element = type == null ? null : type.containedType(0);
            if (element == null)
                throw new IllegalArgumentException("an end in a record must say what its channel carries, as in "
                        + handledType().getSimpleName() + "<String>");
            return of(CborCodec.ofElements(element));
        }

        abstract In<E> of(Codec<?> elements);

        abstract E end(String reference, Codec<?> elements, Arrival ends);

        @Override public E deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (elements == null || !(context.getAttribute(Arrival.class) instanceof Arrival ends))
                throw EndCodec.withoutNode();
            return end(in.getText(), elements, ends);
        }
    }

    private static final class SenderIn extends In<Sender<?>> {
        private static final long serialVersionUID = 1;

        SenderIn(@Nullable Codec<?> elements) {
            super(Sender.class, elements);
        }

        @Override In<Sender<?>> of(Codec<?> elements) {
            return new SenderIn(elements);
        }

        @Override Sender<?> end(String reference, Codec<?> elements, Arrival ends) {
            return ends.sender(reference, elements);
        }
    }

    private static final class ReceiverIn extends In<ReceiverEnd<?>> {
        private static final long serialVersionUID = 1;

        ReceiverIn(@Nullable Codec<?> elements) {
            super(ReceiverEnd.class, elements);
        }

        @Override In<ReceiverEnd<?>> of(Codec<?> elements) {
            return new ReceiverIn(elements);
        }

        @Override ReceiverEnd<?> end(String reference, Codec<?> elements, Arrival ends) {
            return ends.receiver(reference, elements);
        }
    }
}
