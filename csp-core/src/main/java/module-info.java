/// How processes talk: channels, choice, and the networks built of them.
@org.jspecify.annotations.NullMarked
module dev.parley.csp {
    requires transitive dev.parley.loop;
    requires static transitive org.jspecify;
    requires static kotlin.stdlib;
    requires static kotlinx.coroutines.core;

    exports dev.parley.csp;
    exports dev.parley.csp.component;
    exports dev.parley.csp.kotlin;
    exports dev.parley.csp.multiway;
    exports dev.parley.csp.picture;
    exports dev.parley.csp.pipeline;
    exports dev.parley.csp.testing;
}
