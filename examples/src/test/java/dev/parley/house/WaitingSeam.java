package dev.parley.house;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Finds waiting that goes past `dev.parley.loop.waiting.Waiting`, which a simulation could not see: monitors, timed parks, sleeps, and
/// the clock of the system. Reads class files, because a monitor shows nowhere else.
final class WaitingSeam {
    private static final Set<String> PAST_THE_SEAM = Set.of("java/lang/System.nanoTime",
            "java/lang/System.currentTimeMillis",
            "java/lang/Thread.sleep", "java/util/concurrent/locks/LockSupport.park",
            "java/util/concurrent/locks/LockSupport.parkNanos", "java/util/concurrent/locks/LockSupport.parkUntil",
            "java/lang/Object.wait");

    private WaitingSeam() {}

    /// What of the classes in `files` goes past the seam, unless `allowed` says that the class, by its name with dots, may.
    static List<String> breaches(List<Path> files, Predicate<String> allowed) throws IOException {
        var breaches = new ArrayList<String>();
        for (var file : files) {
            var model = ClassFile.of().parse(file);
            if (!allowed.test(model.thisClass().asInternalName().replace('/', '.'))) look(model, breaches);
        }
        return breaches;
    }

    private static void look(ClassModel model, List<String> breaches) {
        for (var method : model.methods()) {
            var where = model.thisClass().asInternalName().replace('/', '.') + "." + method.methodName().stringValue();
            if (method.flags().has(AccessFlag.SYNCHRONIZED)) breaches.add(where + " is synchronized");
            method.code().ifPresent(code -> {
                for (var element : code) {
                    if (element instanceof MonitorInstruction monitor && monitor.opcode() == Opcode.MONITORENTER)
                        breaches.add(where + " has a synchronized block");
                    if (element instanceof InvokeInstruction call) {
                        var called = call.owner().asInternalName() + "." + call.name().stringValue();
                        if (PAST_THE_SEAM.contains(called)) breaches.add(where + " calls " + called.replace('/', '.'));
                    }
                }
            });
        }
    }
}
