/// How a network of processes spans hosts: nodes, and channels between them.
@org.jspecify.annotations.NullMarked
module dev.parley.net {
    requires transitive dev.parley.csp;
    requires dev.parley.loop;
    requires static transitive org.jspecify;
    requires io.netty.common;
    requires io.netty.buffer;
    requires io.netty.transport;
    requires io.netty.codec;
    requires io.netty.handler;
    requires io.netty.transport.classes.epoll;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.cbor;

    exports dev.parley.net;
}
