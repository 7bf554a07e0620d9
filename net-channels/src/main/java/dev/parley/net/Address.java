package dev.parley.net;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// Reads and shows `host:port`; an IPv6 address stands in brackets.
final class Address {
    private Address() {}

    static InetSocketAddress parse(String text) throws UnknownHostException {
        int colon = text.lastIndexOf(':');
        if (colon < 1 || (text.indexOf(':') != colon && text.charAt(0) != '['))
            throw new IllegalArgumentException(
                    "an address has the form host:port or [IPv6]:port, but was \"" + text + "\"");
        var host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) host = host.substring(1, host.length() - 1);
        var address = new InetSocketAddress(host, port(text, text.substring(colon + 1)));
        if (address.isUnresolved()) throw new UnknownHostException("no host is known as \"" + host + "\"");
        return address;
    }

    /// As [#parse], of what may come from a hostile peer: no host is looked up, since it must be a number.
    static InetSocketAddress ofNumbers(String text) {
        int colon = text.lastIndexOf(':');
        var host = colon < 0 ? null : NetUtil.createByteArrayFromIpAddressString(text.substring(0, colon));
        if (host == null) throw new IllegalArgumentException("a node's address must be a number, but was " + text);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(host), port(text, text.substring(colon + 1)));
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }

    private static int port(String text, String digits) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 0 && port <= 65_535) return port;
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("a port is a number, but in \"" + text + "\" it was \"" + digits + "\"",
                    notANumber);
        }
        throw new IllegalArgumentException("a port is at most 65535, but in \"" + text + "\" it was " + digits);
    }

    static String show(InetSocketAddress address) {
        var host = address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
