package dev.parley.loop.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Renames classes in class files. All names and descriptors of a class file are text in its constant pool, so only that is rewritten
/// (Java Virtual Machine Specification, 4.4).
final class ClassRenaming {
    private final Pattern names;
    private final String prefix;
    private final boolean nothing;

    /// @param names of classes, which stand for their nested classes too, or of packages, with a dot at their end
    /// @param prefix what comes before them
    ClassRenaming(List<String> names, String prefix) {
        nothing = names.isEmpty();
        // Alone, or in a descriptor or signature, where an L is before it.
        this.names = Pattern.compile("(?<=^|L)(" + names.stream()
                .map(name -> Pattern.quote(name.replace('.', '/')) + (name.endsWith(".") ? "" : "(?=$|[;$<])"))
                .collect(Collectors.joining("|")) + ")");
        this.prefix = prefix.replace('.', '/');
    }

    byte[] apply(byte[] classFile) throws IOException {
        if (nothing) return classFile;
        var bytes = new ByteArrayInputStream(classFile);
        var in = new DataInputStream(bytes);
        var result = new ByteArrayOutputStream(classFile.length + 1024);
        var out = new DataOutputStream(result);
        out.writeLong(in.readLong()); // magic and version
        int count = in.readUnsignedShort();
        out.writeShort(count);
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            out.writeByte(tag);
            switch (tag) {
                case 1 -> out.writeUTF(names.matcher(in.readUTF()).replaceAll(prefix + "$1"));
                case 5, 6 -> {
                    out.writeLong(in.readLong());
                    i++; // takes two places
                }
                case 7, 8, 16, 19, 20 -> out.writeShort(in.readShort());
                case 15 -> {
                    out.writeByte(in.readByte());
                    out.writeShort(in.readShort());
                }
                default -> out.writeInt(in.readInt());
            }
        }
        in.transferTo(out);
        return result.toByteArray();
    }
}
