package dev.parley.house;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Exchanger;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/// The rules of DESIGN.md about who may use what, for packages that begin with `root`: so the same rules are tried on the modules and on
/// fixtures that break them.
record Layers(String root) {
    private static final List<String> FOREIGN = List.of("org.jctools.", "io.netty.", "kotlin.", "kotlinx.");

    /// `event-loop <- csp-core <- net-channels <- examples`.
    ArchRule oneDirection() {
        return layeredArchitecture().consideringOnlyDependenciesInAnyPackage(root + "..").withOptionalLayers(true)
                .layer("event-loop").definedBy(root + ".loop..").layer("csp-core").definedBy(root + ".csp..")
                .layer("net-channels").definedBy(root + ".net..").layer("examples").definedBy(root + ".examples..")
                .whereLayer("examples").mayNotBeAccessedByAnyLayer()
                .whereLayer("net-channels").mayOnlyBeAccessedByLayers("examples")
                .whereLayer("csp-core").mayOnlyBeAccessedByLayers("net-channels", "examples")
                .whereLayer("event-loop").mayOnlyBeAccessedByLayers("csp-core", "net-channels", "examples");
    }

    /// No two packages need each other, not even in a roundabout way.
    ArchRule noPackageCycles() {
        return slices().matching(root + ".(**)").should().beFreeOfCycles();
    }

    /// Users of `exported` packages need none of the libraries we use ourselves.
    ArchRule noForeignTypesIn(Set<String> exported) {
        return ArchRuleDefinition.classes().that(resideInAnyPackage(exported.toArray(String[]::new)))
                .and(describe("are seen from outside", Layers::isSeen))
                .should(showNoForeignType());
    }

    private static boolean isSeen(JavaClass type) {
        if (!isSeen(type.getModifiers())) return false;
        return type.getEnclosingClass().map(Layers::isSeen).orElse(true);
    }

    private static boolean isSeen(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static ArchCondition<JavaClass> showNoForeignType() {
        return new ArchCondition<>("show no type of JCTools, Netty or Kotlin") {
            @Override public void check(JavaClass type, ConditionEvents events) {
                type.getSuperclass()
                        .ifPresent(superclass -> check(type.getDescription() + " extends", superclass, events));
                for (var inherited : type.getInterfaces())
                    check(type.getDescription() + " implements", inherited, events);
                for (var variable : type.getTypeParameters())
                    for (var bound : variable.getUpperBounds())
                        check(type.getDescription() + " is bound by", bound, events);
                for (var member : type.getMembers())
                    if (isSeen(member.getModifiers()))
                        for (var used : signature(member)) check(member.getDescription() + " shows", used, events);
            }

            private void check(String where, JavaType used, ConditionEvents events) {
                for (var raw : used.getAllInvolvedRawTypes())
                    if (FOREIGN.stream().anyMatch(raw.getName()::startsWith))
                        events.add(SimpleConditionEvent.violated(used, where + " " + raw.getName()));
            }
        };
    }

    private static List<JavaType> signature(JavaMember member) {
        var types = new ArrayList<JavaType>();
        if (member instanceof JavaField field) types.add(field.getType());
        if (member instanceof JavaCodeUnit code) {
            types.add(code.getReturnType());
            types.addAll(code.getParameterTypes());
            types.addAll(code.getTypeParameters());
            code.getThrowsClause().getTypes().forEach(types::add);
        }
        return types;
    }

    /// Only `these` classes, and those nested in them, open what is not accessible.
    ArchRule noDeepReflectionOutside(Set<String> these) {
        return noClasses().that().resideInAPackage(root + "..")
                .and(describe("are not in " + these, type -> !these.contains(type.getName().replaceFirst("\\$.*", ""))))
                .should().callMethodWhere(describe("opens what is not accessible", Layers::opens));
    }

    /// These queues of the JDK spin before they park. On a carrier that only keeps the partner from coming.
    ArchRule noQueueThatSpins() {
        return noClasses().that().resideInAPackage(root + "..").should().dependOnClassesThat()
                .belongToAnyOf(SynchronousQueue.class, LinkedTransferQueue.class, Exchanger.class)
                .orShould().callMethod(Executors.class, "newCachedThreadPool")
                .orShould().callMethod(Executors.class, "newCachedThreadPool", ThreadFactory.class);
    }

    private static boolean opens(JavaMethodCall call) {
        var name = call.getTarget().getName();
        if (call.getTargetOwner().isEquivalentTo(Class.class))
            return name.startsWith("getDeclared") || name.equals("forName");
        return name.equals("setAccessible") || name.equals("trySetAccessible") || name.equals("privateLookupIn");
    }
}
