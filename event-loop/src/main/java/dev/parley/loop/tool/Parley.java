package dev.parley.loop.tool;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.nio.charset.Charset;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/// The command `parley`: shows the loops of another JVM on this machine.
///
/// ```
/// parley ps PID     a line for each loop
/// parley tree PID   the tasks of each loop, what each waits for, and who waits for it
/// ```
public final class Parley {
    private static final String USAGE = """
            usage: parley ps PID     a line for each loop of the JVM with this process id
                   parley tree PID   the tasks of each loop, what each waits for, and who waits for it""";

    private Parley() {}

    public static void main(String[] arguments) {
        if (arguments.length != 2 || !(arguments[0].equals("ps") || arguments[0].equals("tree"))) {
            System.err.println(USAGE);
            System.exit(2);
        }
        try {
            System.out
                    .print(drawn(ask(arguments[1], arguments[0].equals("ps") ? "list" : "tree"), System.out.charset()));
        } catch (AttachNotSupportedException | IOException | JMException | IllegalArgumentException failure) {
            System.err.println("cannot look into process " + arguments[1] + ": " + failure
                    + "; it must be a JVM of this user with an open loop");
            System.exit(1);
        }
    }

    /// With lines that the terminal can show.
    static String drawn(String tree, Charset terminal) {
        return terminal.newEncoder().canEncode("├└─│")
                ? tree
                : tree.replace("├─", "|-").replace("└─", "`-").replace("│", "|");
    }

    @SuppressWarnings("BanJNDI") // the address comes from a JVM of the same user, by the attach mechanism
    private static String ask(String pid, String question)
            throws AttachNotSupportedException, IOException, JMException {
        var target = VirtualMachine.attach(pid);
        String address;
        try {
            address = target.startLocalManagementAgent();
        } finally {
            target.detach();
        }
        try (var connector = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
            return String.valueOf(
                    connector.getMBeanServerConnection().invoke(new ObjectName("dev.parley:type=Loops"), question,
                            new Object[0], new String[0]));
        }
    }
}
