package dev.parley.loop;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.ObjectName;

/// The loops of this JVM, shown to other JVMs through JMX under the name `dev.parley:type=Loops`.
///
/// Registered by a thread of its own when the first loop is opened, as the JVM takes long to start its management.
final class OpenLoops implements DynamicMBean {
    static final String NAME = "dev.parley:type=Loops";

    private static final Set<EventLoop> OPEN = ConcurrentHashMap.newKeySet();
    private static final AtomicBoolean REGISTERED = new AtomicBoolean();

    private OpenLoops() {}

    static void add(EventLoop loop) {
        OPEN.add(loop);
        if (REGISTERED.compareAndSet(false, true))
            Thread.ofPlatform().daemon().name("parley-management").start(OpenLoops::register);
    }

    static void remove(EventLoop loop) {
        OPEN.remove(loop);
    }

    private static void register() {
        try {
            java.lang.management.ManagementFactory.getPlatformMBeanServer().registerMBean(new OpenLoops(),
                    new ObjectName(NAME));
        } catch (JMException notToBeSeen) {
            System.getLogger("dev.parley.loop").log(System.Logger.Level.DEBUG, "loops cannot be seen by other JVMs",
                    notToBeSeen);
        }
    }

    private static List<EventLoop> sorted() {
        return OPEN.stream().sorted(java.util.Comparator.comparing(EventLoop::name)).toList();
    }

    /// A line for each loop.
    static String list() {
        var text = new StringBuilder();
        for (EventLoop loop : sorted()) {
            var metrics = loop.metrics();
            text.append(loop.name()).append("  ").append(loop.engine().kind()).append("  ").append(metrics.running())
                    .append(" tasks, ").append(metrics.timers()).append(" timers, ").append(metrics.slices())
                    .append(" slices, ")
                    .append(metrics.stalls()).append(" stalls\n");
        }
        return text.toString();
    }

    /// The tree of each loop.
    static String tree() {
        var text = new StringBuilder();
        for (EventLoop loop : sorted()) text.append(loop.snapshot().render());
        return text.toString();
    }

    @Override public Object invoke(String action, Object[] parameters, String[] signature) {
        return switch (action) {
            case "list" -> list();
            case "tree" -> tree();
            default -> throw new IllegalArgumentException(
                    "there is no operation " + action + "; there are list and tree");
        };
    }

    @Override public MBeanInfo getMBeanInfo() {
        var none = new MBeanParameterInfo[0];
        return new MBeanInfo(OpenLoops.class.getName(), "The event loops of Parley", new MBeanAttributeInfo[0], null,
                new MBeanOperationInfo[]{
                        new MBeanOperationInfo("list", "a line for each loop", none, "java.lang.String",
                                MBeanOperationInfo.INFO),
                        new MBeanOperationInfo("tree", "the tasks of each loop", none, "java.lang.String",
                                MBeanOperationInfo.INFO)},
                null);
    }

    @Override public Object getAttribute(String attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException(attribute);
    }

    @Override public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException(attribute.getName());
    }

    @Override public AttributeList getAttributes(String[] attributes) { return new AttributeList(); }

    @Override public AttributeList setAttributes(AttributeList attributes) { return new AttributeList(); }
}
