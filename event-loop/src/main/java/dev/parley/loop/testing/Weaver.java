package dev.parley.loop.testing;

import dev.parley.loop.waiting.Redirected;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Puts a preemption point before each access to shared memory, and sends waits and clocks through the seam.
final class Weaver {
    private static final ClassDesc REDIRECTED = Redirected.class.describeConstable().orElseThrow();
    private static final ClassDesc RUNTIME = ClassDesc.of("java.lang.Runtime");

    /// What is called in [Redirected] instead: these methods of the JDK, whatever their parameters.
    private static final Set<String> REPLACED = Set.of("java/util/concurrent/locks/LockSupport.park",
            "java/util/concurrent/locks/LockSupport.parkNanos", "java/util/concurrent/locks/LockSupport.parkUntil",
            "java/util/concurrent/locks/LockSupport.unpark", "java/lang/System.nanoTime",
            "java/lang/System.currentTimeMillis",
            "java/lang/Thread.onSpinWait", "java/lang/Runtime.availableProcessors");
    private static final Set<String> SLEEPS = Set.of("(J)V", "(Ljava/time/Duration;)V");

    private final Function<String, @Nullable InputStream> classes;
    private final ClassFile files;
    private final Map<String, Set<String>> volatiles = new ConcurrentHashMap<>();

    /// @param classes gives class files by the names of classes, for those that others refer to
    Weaver(Function<String, @Nullable InputStream> classes) {
        this.classes = classes;
        files = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver
                .ofResourceParsing((ClassDesc type) -> classes.apply(name(type))).cached()));
    }

    byte[] weave(byte[] classFile) {
        return files.transformClass(files.parse(classFile), (builder, element) -> {
            if (element instanceof MethodModel method) {
                // A thread in a static initializer cannot give way, and is there in one run only, so there is no point in it.
                builder.transformMethod(method,
                        MethodTransform.transformingCode(isInitializer(method) ? Weaver::redirect : this::weave));
            } else {
                builder.with(element);
            }
        });
    }

    private static boolean isInitializer(MethodModel method) {
        return method.methodName().equalsString(ConstantDescs.CLASS_INIT_NAME);
    }

    private static void redirect(CodeBuilder code, CodeElement element) {
        if (element instanceof InvokeInstruction call && isReplaced(call)) {
            var type = call.typeSymbol();
            if (call.opcode() == Opcode.INVOKEVIRTUAL) type = type.insertParameterTypes(0, RUNTIME);
            code.invokestatic(REDIRECTED, call.name().stringValue(), type);
        } else {
            code.with(element);
        }
    }

    private void weave(CodeBuilder code, CodeElement element) {
        switch (element) {
            case InvokeInstruction call when isShared(call) && !isReplaced(call) -> point(code);
            case FieldInstruction access when isVolatile(access) -> point(code);
            case MonitorInstruction monitor when monitor.opcode() == Opcode.MONITORENTER -> point(code);
            default -> {}
        }
        redirect(code, element);
    }

    private static void point(CodeBuilder code) {
        code.invokestatic(REDIRECTED, "point", MethodTypeDesc.of(ConstantDescs.CD_void));
    }

    private static boolean isReplaced(InvokeInstruction call) {
        var method = call.owner().asInternalName() + "." + call.name().stringValue();
        return REPLACED.contains(method)
                || (method.equals("java/lang/Thread.sleep") && SLEEPS.contains(call.type().stringValue()));
    }

    /// Whether a call may read or write what other threads write.
    private static boolean isShared(InvokeInstruction call) {
        var owner = call.owner().asInternalName();
        if (call.opcode() == Opcode.INVOKESPECIAL || owner.equals("java/util/concurrent/TimeUnit")) return false;
        if (owner.startsWith("java/util/concurrent/")) return true;
        return owner.equals("java/lang/invoke/VarHandle") && call.opcode() == Opcode.INVOKEVIRTUAL;
    }

    private boolean isVolatile(FieldInstruction access) {
        var field = access.name().stringValue();
        for (var owner = access.owner().asInternalName(); !owner.startsWith("java/");) {
            var model = parse(owner);
            if (model == null) return false;
            if (volatiles.computeIfAbsent(owner, _ -> volatiles(model)).contains(field)) return true;
            if (model.superclass().isEmpty()) return false;
            owner = model.superclass().get().asInternalName();
        }
        return false;
    }

    private @Nullable ClassModel parse(String owner) {
        try (var in = classes.apply(owner.replace('/', '.'))) {
            return in == null ? null : files.parse(in.readAllBytes());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static Set<String> volatiles(ClassModel model) {
        var names = new HashSet<String>();
        for (var field : model.fields())
            if (field.flags().has(AccessFlag.VOLATILE)) names.add(field.fieldName().stringValue());
        return names;
    }

    private static String name(ClassDesc type) {
        return type.packageName().isEmpty() ? type.displayName() : type.packageName() + "." + type.displayName();
    }
}
