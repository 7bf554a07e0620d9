package dev.parley.house;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What users can see of some types, as text: each public type with its public and protected members, those inherited from types that
/// users cannot see included, in order of their names. Members are without the package of their type and without `java.lang`; those of an interface
/// are public, and abstract unless they say otherwise.
final class ApiListing {
    private ApiListing() {}

    /// The listing of those of `types` that users can see.
    static List<String> of(Collection<? extends Class<?>> types) {
        var lines = new ArrayList<String>();
        types.stream().filter(ApiListing::isSeen).sorted(Comparator.comparing(Class::getName)).forEach(type -> {
            if (!lines.isEmpty()) lines.add("");
            var ownPackage = type.getPackageName() + ".";
            lines.add(head(type));
            for (var member : members(type)) lines.add("    " + member.replace(ownPackage, ""));
        });
        return lines;
    }

    private static boolean isSeen(Class<?> type) {
        return !type.isAnonymousClass() && !type.isLocalClass() && isSeen(type.getModifiers())
                && (type.getEnclosingClass() == null || isSeen(type.getEnclosingClass()));
    }

    private static boolean isSeen(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static String head(Class<?> type) {
        var head = new StringBuilder(type.isAnnotationPresent(Deprecated.class) ? "@Deprecated " : "");
        int shown = type.getModifiers() & ~(Modifier.INTERFACE | (type.isInterface() ? Modifier.ABSTRACT : 0));
        if (type.isRecord() || type.isEnum()) shown &= ~Modifier.FINAL;
        head.append(Modifier.toString(shown)).append(type.isSealed() ? " sealed " : " ").append(kind(type)).append(' ')
                .append(type.getName()).append(variables(type.getTypeParameters()));
        if (type.isRecord())
            head.append(Arrays.stream(type.getRecordComponents())
                    .map(part -> name(part.getGenericType()) + " " + part.getName())
                    .collect(Collectors.joining(", ", "(", ")")));
        var parent = type.getGenericSuperclass();
        if (parent != null && parent != Object.class && parent != Record.class && !type.isEnum())
            head.append(" extends ").append(name(parent));
        list(head, type.isInterface() ? " extends " : " implements ", type.getGenericInterfaces());
        if (type.isSealed())
            list(head, " permits ",
                    Stream.of(type.getPermittedSubclasses()).filter(ApiListing::isSeen).toArray(Type[]::new));
        return head.toString();
    }

    private static void list(StringBuilder to, String word, Type[] types) {
        if (types.length > 0)
            to.append(word).append(Arrays.stream(types).map(ApiListing::name).collect(Collectors.joining(", ")));
    }

    private static String kind(Class<?> type) {
        if (type.isAnnotation()) return "@interface";
        if (type.isInterface()) return "interface";
        if (type.isEnum()) return "enum";
        return type.isRecord() ? "record" : "class";
    }

    private static Collection<String> members(Class<?> type) {
        var lines = new TreeMap<String, String>(); // by name and arguments
        for (var owner : unseenAncestry(type)) {
            for (var field : owner.getDeclaredFields())
                if (isListed(type, field)) lines.put(field.getName(), line(field));
            for (var method : owner.getDeclaredMethods())
                if (isListed(type, method) && !method.isBridge())
                    lines.putIfAbsent(method.getName() + arguments(method), line(method));
        }
        for (var made : type.getDeclaredConstructors())
            if (isListed(type, made)) lines.put(arguments(made), line(made));
        return lines.values();
    }

    /// The type and those ancestors whose members users see only through it.
    private static Set<Class<?>> unseenAncestry(Class<?> type) {
        var all = new LinkedHashSet<Class<?>>(Set.of(type));
        if (type.getSuperclass() != null && !isSeen(type.getSuperclass()))
            all.addAll(unseenAncestry(type.getSuperclass()));
        for (var inherited : type.getInterfaces()) if (!isSeen(inherited)) all.addAll(unseenAncestry(inherited));
        return all;
    }

    private static boolean isListed(Class<?> type, Member member) {
        if (member.isSynthetic()) return false;
        boolean open = !Modifier.isFinal(type.getModifiers()) && !type.isSealed();
        return Modifier.isPublic(member.getModifiers()) || (open && Modifier.isProtected(member.getModifiers()));
    }

    private static String line(Field field) {
        return start(field, field.isAnnotationPresent(Deprecated.class)) + name(field.getGenericType()) + " "
                + field.getName();
    }

    private static String line(Method method) {
        return start(method, method.isAnnotationPresent(Deprecated.class)) + (method.isDefault() ? "default " : "")
                + spaced(variables(method.getTypeParameters())) + name(method.getGenericReturnType()) + " "
                + method.getName()
                + arguments(method);
    }

    private static String line(Constructor<?> constructor) {
        return start(constructor, constructor.isAnnotationPresent(Deprecated.class))
                + spaced(variables(constructor.getTypeParameters())) + "new" + arguments(constructor);
    }

    private static String start(Member member, boolean deprecated) {
        int hidden = Modifier.TRANSIENT | Modifier.VOLATILE | Modifier.SYNCHRONIZED | Modifier.NATIVE | Modifier.STRICT;
        if (member.getDeclaringClass().isInterface()) hidden |= Modifier.PUBLIC | Modifier.ABSTRACT;
        return (deprecated ? "@Deprecated " : "") + spaced(Modifier.toString(member.getModifiers() & ~hidden));
    }

    private static String arguments(Executable executable) {
        var parameters = executable.getParameters();
        var types = Arrays.stream(parameters).map(Parameter::getParameterizedType).map(ApiListing::name).toList();
        var listed = String.join(", ", types);
        if (executable.isVarArgs()) listed = listed.replaceFirst("\\[]$", "...");
        var thrown = Arrays.stream(executable.getGenericExceptionTypes()).map(ApiListing::name).sorted().toList();
        return "(" + listed + ")" + (thrown.isEmpty() ? "" : " throws " + String.join(", ", thrown));
    }

    private static String variables(TypeVariable<?>[] variables) {
        if (variables.length == 0) return "";
        return Arrays.stream(variables).map(variable -> {
            var bounds = Arrays.stream(variable.getBounds()).filter(bound -> bound != Object.class)
                    .map(ApiListing::name).toList();
            return variable.getName() + (bounds.isEmpty() ? "" : " extends " + String.join(" & ", bounds));
        }).collect(Collectors.joining(", ", "<", ">"));
    }

    private static String name(Type type) {
        return type.getTypeName().replace("java.lang.", "").replace('$', '.');
    }

    private static String spaced(String text) {
        return text.isEmpty() ? "" : text + " ";
    }

    /// What differs, as lines that begin with `-` (only promised) or `+` (only there).
    static List<String> differences(List<String> promised, List<String> there) {
        var lines = new ArrayList<String>();
        var before = ofTypes(promised);
        var now = ofTypes(there);
        before.stream().filter(line -> !now.contains(line)).forEach(line -> lines.add("- " + line));
        now.stream().filter(line -> !before.contains(line)).forEach(line -> lines.add("+ " + line));
        return lines;
    }

    /// Each member with its type, so that the same member of two types is not mistaken for one.
    private static Set<String> ofTypes(List<String> listing) {
        var lines = new LinkedHashSet<String>();
        var type = "";
        for (var line : listing) {
            if (line.isEmpty()) continue;
            boolean member = line.startsWith(" ");
            if (!member) type = line.replaceFirst("^.*?(class|interface|enum|record) ([\\w.$]+).*$", "$2");
            lines.add(member ? type + ": " + line.strip() : line);
        }
        return lines;
    }
}
