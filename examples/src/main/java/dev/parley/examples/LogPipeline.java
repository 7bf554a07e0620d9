package dev.parley.examples;

import dev.parley.csp.Channel;
import dev.parley.csp.Par;
import dev.parley.csp.pipeline.Failed;
import dev.parley.csp.pipeline.OnError;
import dev.parley.csp.pipeline.Pipeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A log file through a pipeline: lines are parsed side by side, those that cannot be parsed go another way, slow requests are counted by hour and
/// also written into a file.
public final class LogPipeline {
    /// One line: when, what, and how long it took.
    private record Request(LocalTime time, String path, int millis) {
        static Request parse(String line) {
            var parts = line.split(" ", -1);
            return new Request(LocalTime.parse(parts[0]), parts[1], Integer.parseInt(parts[2]));
        }
    }

    private LogPipeline() {}

    /// Reads the file named by the first argument, or a sample.
    ///
    /// @throws Exception what a stage throws
    public static void main(String[] args) throws Exception {
        var log = args.length > 0 ? Path.of(args[0]) : sample();
        var slow = Files.createTempFile("slow", ".txt");
        var broken = Channel.<Failed<String>>rendezvous("broken lines");
        var byHour = new TreeMap<Integer, Long>();
        var pipeline = Pipeline.lines(log)
                .parallel(4).map(Request::parse, OnError.skipTo(broken))
                .filter(request -> request.millis > 100)
                .<Object>broadcast(
                        requests -> requests.map(Request::path).toLines(slow),
                        requests -> requests.map(request -> request.time.getHour())
                                .collect(Collectors.groupingBy(hour -> hour, () -> byHour, Collectors.counting())));
        new Par(pipeline, () -> { for (var line : broken) IO.println("not a request: " + line.element()); }).run();
        IO.println("slow requests by hour: " + byHour);
        IO.println("slow paths: " + Files.readAllLines(slow));
        Files.delete(slow);
    }

    private static Path sample() throws Exception {
        var file = Files.createTempFile("requests", ".log");
        file.toFile().deleteOnExit();
        return Files.writeString(file, """
                08:00:01 /index 12
                08:00:07 /search 230
                *** restarted ***
                09:15:00 /search 180
                09:15:02 /index 9
                09:59:59 /report 2044
                """);
    }
}
