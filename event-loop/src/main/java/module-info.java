/// Where processes run: how a thread waits and by which clock, loops, task groups, time and cancellation.
@org.jspecify.annotations.NullMarked
module dev.parley.loop {
    requires static transitive org.jspecify;
    requires java.management;
    requires jdk.jfr;
    requires static jdk.attach;
    requires org.jctools.core.jdk11;
    // for users of the JUnit extension of the testing package
    requires static org.junit.jupiter.api;

    exports dev.parley.loop;
    exports dev.parley.loop.testing;
    exports dev.parley.loop.waiting to dev.parley.csp, dev.parley.net;

    uses dev.parley.loop.waiting.Waiting.Home;
    provides dev.parley.loop.waiting.Waiting.Home with dev.parley.loop.internal.SharedGroup;

    // JUnit creates the extension behind @SimulatedTest, which is not public.
    opens dev.parley.loop.testing to org.junit.platform.commons;
}
