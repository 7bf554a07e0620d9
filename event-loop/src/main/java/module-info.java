/// Where processes run: how a thread waits and by which clock, loops, task
/// groups, time and cancellation.
@org.jspecify.annotations.NullMarked module dev.parley.loop {
    requires static transitive org.jspecify;
    requires java.management;
    requires jdk.jfr;
    requires static jdk.attach;
    requires org.jctools.core.jdk11;

    exports dev.parley.loop;
    exports dev.parley.loop.waiting to dev.parley.csp, dev.parley.net;
}
