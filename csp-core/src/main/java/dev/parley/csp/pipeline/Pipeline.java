package dev.parley.csp.pipeline;

import dev.parley.csp.Handler;
import dev.parley.csp.Proc;
import dev.parley.csp.Received;
import dev.parley.csp.Receiver;
import dev.parley.csp.Sender;
import dev.parley.csp.pipeline.Assembly.Ends;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Gatherer;
import java.util.stream.Gatherers;
import java.util.stream.Stream;

/// A line of processes, each of which does something with elements that pass through; written from the source to the sink, and nothing but a plan
/// until it is run.
///
/// ```java
/// Pipeline.lines(path).map(Parser::parse).parallel(8).map(Score::of).batch(100, ofSeconds(1)).to(store).run();
/// ```
///
/// **Processes.** Each stage is a process of one [dev.parley.csp.Par], and a channel that holds up to 16 elements ([#buffer]) leads to the next. A
/// slow stage therefore slows down all before it, up to the source.
///
/// **Order.** Elements keep their order, but for [#merge] and [ParallelPipeline#unordered].
///
/// **The end.** The end of the source travels through to the sink. A sink or stage that has enough, such as [#take], ends all before it; a stage
/// that waits meanwhile is interrupted, and elements under way are lost.
///
/// **Failure.** An exception in a stage ends the pipeline and is what `run` throws, unless the stage has an [OnError].
///
/// A pipeline is immutable: each method gives a new one. The functions it is given are called by the process of their stage, one element at a time.
///
/// @param <T> the elements that come out of it
public final class Pipeline<T> {
    private static final int CAPACITY = 16;

    /// What fills a link with the elements of a pipeline.
    interface Source<T> {
        void attach(Assembly assembly, String name, Link<T> out);
    }

    /// What a stage does, from its first element to its last.
    interface Body<T, R> {
        void run(Receiver<T> in, Link.Outlet<R> out) throws Exception;
    }

    final String name;
    final int capacity;
    private final Source<T> source;

    Pipeline(String name, Source<T> source) {
        this(name, CAPACITY, source);
    }

    private Pipeline(String name, int capacity, Source<T> source) {
        this.name = name;
        this.capacity = capacity;
        this.source = source;
    }

    void attach(Assembly assembly, Link<T> out) {
        source.attach(assembly, name, out);
    }

    // Sources

    /// The elements given here.
    @SafeVarargs
    @SuppressWarnings("varargs") public static <T> Pipeline<T> of(T... elements) {
        return from(Arrays.asList(elements.clone()));
    }

    /// The elements of `elements`, iterated anew in each run.
    public static <T> Pipeline<T> from(Iterable<? extends T> elements) {
        Objects.requireNonNull(elements, "elements");
        return first("from", out -> out.sendAll(elements));
    }

    /// The elements of `iterator`; a second run finds what the first left.
    public static <T> Pipeline<T> from(Iterator<? extends T> iterator) {
        Objects.requireNonNull(iterator, "iterator");
        return first("from", out -> { while (iterator.hasNext()) out.send(iterator.next()); });
    }

    /// The elements of `stream`, which is closed at the end; for one run.
    public static <T> Pipeline<T> from(Stream<? extends T> stream) {
        Objects.requireNonNull(stream, "stream");
        return first("from", out -> {
            try (stream) {
                for (var elements = stream.iterator(); elements.hasNext();) out.send(elements.next());
            }
        });
    }

    /// What `in` receives, until it is closed; the pipeline owns `in` and retires it when it ends.
    public static <T> Pipeline<T> from(Receiver<? extends T> in) {
        Objects.requireNonNull(in, "in");
        return new Pipeline<>("from", (assembly, name, out) -> {
            var outlet = out.outlet(assembly.meter(name, null));
            assembly.stage(name, null, List.of(outlet.end()), Ends.in(in), () -> outlet.sendAll(in));
        });
    }

    /// What `publisher` publishes; each run subscribes to it, asks for what fits into the buffer, and cancels when it has enough.
    public static <T> Pipeline<T> from(Flow.Publisher<? extends T> publisher) {
        Objects.requireNonNull(publisher, "publisher");
        return first("from", out -> new FlowInput<T>(CAPACITY).run(publisher, out));
    }

    /// What the process that `component` makes sends; it owns the end it is given, as those of [dev.parley.csp.component.Plumbing] do.
    public static <T> Pipeline<T> from(String name, Function<? super Sender<T>, ? extends Proc> component) {
        Objects.requireNonNull(component, "component");
        return new Pipeline<>(name, (assembly, called, out) -> {
            var made = new Link<T>(called + ".made", 0);
            var outlet = out.outlet(assembly.meter(called, null));
            assembly.stage(called, null, List.of(made.channel), Ends.NONE, component.apply(made.channel));
            assembly.stage(called, made, List.of(outlet.end()), Ends.NONE, () -> outlet.sendAll(made.channel));
        });
    }

    /// The lines of a text file in UTF-8.
    public static Pipeline<String> lines(Path file) {
        Objects.requireNonNull(file, "file");
        return first("lines", out -> {
            try (var reader = Files.newBufferedReader(file)) {
                for (var line = reader.readLine(); line != null; line = reader.readLine()) out.send(line);
            }
        });
    }

    /// The regular files in `folder`, however deep, in no particular order; symbolic links are not followed.
    public static Pipeline<Path> files(Path folder) {
        Objects.requireNonNull(folder, "folder");
        return first("files", out -> {
            try (var paths = Files.walk(folder)) {
                for (var all = paths.iterator(); all.hasNext();) {
                    var path = all.next();
                    if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) out.send(path);
                }
            }
        });
    }

    private interface Feed<T> {
        void run(Link.Outlet<T> out) throws Exception;
    }

    private static <T> Pipeline<T> first(String name, Feed<T> feed) {
        return new Pipeline<>(name, (assembly, called, out) -> {
            var outlet = out.outlet(assembly.meter(called, null));
            assembly.stage(called, null, List.of(outlet.end()), Ends.NONE, () -> feed.run(outlet));
        });
    }

    // About the stage before

    /// The same pipeline, in which the last stage is called `name` in reports and in [Progress].
    public Pipeline<T> named(String name) {
        Objects.requireNonNull(name, "name");
        return new Pipeline<>(name, capacity, source);
    }

    /// The same pipeline, in which up to `capacity` elements wait after the last stage; 0 for a rendezvous.
    public Pipeline<T> buffer(int capacity) {
        if (capacity < 0) throw new IllegalArgumentException("capacity must be at least 0, but was " + capacity);
        return new Pipeline<>(name, capacity, source);
    }

    // Stages

    <R> Pipeline<R> then(String name, Body<T, R> body) {
        return then(name, List.of(), (in, out) -> body.run(in, out));
    }

    <R> Pipeline<R> then(String name, List<? extends Sender<?>> sides, Body<T, R> body) {
        return new Pipeline<>(name, (assembly, called, out) -> {
            var in = assembly.filled(this);
            var outlet = out.outlet(assembly.meter(called, in));
            var others = sides.isEmpty() ? Ends.NONE : new Ends(List.of(), sides);
            assembly.stage(called, in, List.of(outlet.end()), others, () -> body.run(in.channel, outlet));
        });
    }

    /// What `work` makes of each element.
    public <R> Pipeline<R> map(Mapping<? super T, ? extends R> work) {
        return map(work, OnError.<T, R>fail());
    }

    /// What `work` makes of each element, or `onError` of one it fails on.
    public <R> Pipeline<R> map(Mapping<? super T, ? extends R> work, OnError<T, R> onError) {
        Objects.requireNonNull(work, "work");
        return then("map", onError.sides, (in, out) -> {
            for (var x : in) {
                R made = onError.apply(work, x, out.meter());
                if (made != null) out.send(made);
            }
        });
    }

    /// The elements for which `test` holds.
    public Pipeline<T> filter(Mapping<? super T, Boolean> test) {
        return filter(test, OnError.<T, Boolean>fail());
    }

    /// The elements for which `test` holds, or where it fails, `onError` says so.
    public Pipeline<T> filter(Mapping<? super T, Boolean> test, OnError<T, Boolean> onError) {
        Objects.requireNonNull(test, "test");
        return then("filter", onError.sides, (in, out) -> {
            for (var x : in) if (Boolean.TRUE.equals(onError.apply(test, x, out.meter()))) out.send(x);
        });
    }

    /// All elements of the stream that `work` makes of each element; the streams are closed.
    public <R> Pipeline<R> flatMap(Mapping<? super T, ? extends Stream<? extends R>> work) {
        return flatMap(work, OnError.<T, Stream<? extends R>>fail());
    }

    /// All elements of the stream that `work` makes of each element, or `onError` of one it fails on. A failure that comes later, out of a
    /// stream, ends the pipeline.
    public <R> Pipeline<R> flatMap(Mapping<? super T, ? extends Stream<? extends R>> work,
            OnError<T, Stream<? extends R>> onError) {
        Objects.requireNonNull(work, "work");
        return then("flatMap", onError.sides, (in, out) -> {
            for (var x : in) {
                try (Stream<? extends R> made = onError.apply(work, x, out.meter())) {
                    if (made == null) continue;
                    for (var elements = made.iterator(); elements.hasNext();) out.send(elements.next());
                }
            }
        });
    }

    /// What `gatherer` makes of the elements: windows, scans, folds, and what you write of this kind. A gatherer that wants no more ends the stages
    /// before it.
    public <R> Pipeline<R> gather(Gatherer<? super T, ?, R> gatherer) {
        Objects.requireNonNull(gatherer, "gatherer");
        return then("gather", (in, out) -> Gathering.run(gatherer, in, out));
    }

    /// The first `count` elements; then the stages before this end.
    public Pipeline<T> take(long count) {
        if (count < 0) throw new IllegalArgumentException("count must be at least 0, but was " + count);
        return count == 0 ? this.<T>then("take", (_, _) -> {}) : gather(Cuts.<T>take(count)).named("take");
    }

    /// All but the first `count` elements.
    public Pipeline<T> drop(long count) {
        if (count < 0) throw new IllegalArgumentException("count must be at least 0, but was " + count);
        return gather(Cuts.<T>drop(count)).named("drop");
    }

    /// The elements before the first for which `test` does not hold; then the stages before this end.
    public Pipeline<T> takeWhile(Mapping<? super T, Boolean> test) {
        Objects.requireNonNull(test, "test");
        return then("takeWhile", (in, out) -> {
            while (in.receiveOrClosed() instanceof Received<T>(var x) && test.apply(x)) out.send(x);
        });
    }

    /// The elements from the first on for which `test` does not hold.
    public Pipeline<T> dropWhile(Mapping<? super T, Boolean> test) {
        Objects.requireNonNull(test, "test");
        return then("dropWhile", (in, out) -> {
            boolean dropping = true;
            for (var x : in) {
                if (dropping) dropping = test.apply(x);
                if (!dropping) out.send(x);
            }
        });
    }

    /// Lists of neighbours for which `key` is equal: each list ends where the key changes.
    public <K> Pipeline<List<T>> group(Function<? super T, ? extends K> key) {
        return gather(Cuts.<T, K>group(key)).named("group");
    }

    /// Lists of `count` elements; the last may be shorter.
    public Pipeline<List<T>> batch(int count) {
        return gather(Gatherers.<T>windowFixed(count)).named("batch");
    }

    /// Lists of up to `count` elements, each given when it is full or when `time` has passed since its first element.
    public Pipeline<List<T>> batch(int count, Duration time) {
        if (count < 1) throw new IllegalArgumentException("a batch has at least 1 element, but count was " + count);
        Objects.requireNonNull(time, "time");
        return then("batch", (in, out) -> Pace.batch(count, time, in, out));
    }

    /// The elements, no more than `count` in each time of `per`: they go at even distances, and one that comes late does not make those after it
    /// faster.
    public Pipeline<T> throttle(int count, Duration per) {
        if (count < 1) throw new IllegalArgumentException("count must be at least 1, but was " + count);
        if (per.isNegative() || per.isZero())
            throw new IllegalArgumentException("per must be longer than nothing, but was " + per);
        return then("throttle", (in, out) -> Pace.throttle(per.dividedBy(count), in, out));
    }

    /// The next stage is done by `processes` processes side by side; see [ParallelPipeline].
    public ParallelPipeline<T> parallel(int processes) {
        return new ParallelPipeline<>(this, processes, true);
    }

    /// The elements of this and of all `others`, as they come; the order within each stays.
    @SafeVarargs
    @SuppressWarnings("unchecked") // a pipeline only gives elements, so one of a narrower type is also one of this type
    public final Pipeline<T> merge(Pipeline<? extends T>... others) {
        var all = new ArrayList<Pipeline<T>>();
        all.add(this);
        for (var other : others) all.add((Pipeline<T>) other);
        return new Pipeline<>("merge", (assembly, name, out) -> {
            var joined = new Link<T>(name + ".in", CAPACITY);
            for (var each : all) each.attach(assembly, joined);
            var outlet = out.outlet(assembly.meter(name, joined));
            assembly.stage(name, joined, List.of(outlet.end()), Ends.NONE, () -> outlet.sendAll(joined.channel));
        });
    }

    /// The elements, each of which also goes through the pipeline that `side` makes of them. The slower of both sets the pace; when one has
    /// enough, the other goes on.
    public Pipeline<T> alsoTo(Function<? super Pipeline<T>, ? extends CompletePipeline<?>> side) {
        Objects.requireNonNull(side, "side");
        return new Pipeline<>("alsoTo", (assembly, name, out) -> {
            var in = assembly.filled(this);
            var fan = new Fan<>(in, assembly.meter(name, in));
            fan.outs.add(out.outlet(fan.meter).end());
            side.apply(fan.branch()).plan.attach(assembly);
            fan.attach(assembly, name);
        });
    }

    /// What the process that `component` makes of its input and its output gives; it owns both, as those of
    /// [dev.parley.csp.component.Plumbing] do. Any process between two channels is a stage in this way.
    public <R> Pipeline<R> through(String name,
            BiFunction<? super Receiver<T>, ? super Sender<R>, ? extends Proc> component) {
        Objects.requireNonNull(component, "component");
        return new Pipeline<>(name, (assembly, called, out) -> {
            var in = assembly.filled(this);
            var made = new Link<R>(called + ".made", 0);
            var outlet = out.outlet(assembly.meter(called, in));
            assembly.stage(called, in, List.of(made.channel), Ends.NONE, component.apply(in.channel, made.channel));
            assembly.stage(called, made, List.of(outlet.end()), Ends.NONE, () -> outlet.sendAll(made.channel));
        });
    }

    /// What comes back from somewhere else: the elements are sent into `to`, and what `from` receives goes on, until it is closed. That may be
    /// another network or another host: whoever is there must close his end when he has seen the end of his. The pipeline owns both ends.
    public <R> Pipeline<R> via(Sender<? super T> to, Receiver<? extends R> from) {
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(from, "from");
        return new Pipeline<>("via", (assembly, name, out) -> {
            var in = assembly.filled(this);
            var outlet = out.outlet(assembly.meter(name, in));
            assembly.stage(name + ".to", in, List.of(), Ends.out(to), () -> { for (T x : in.channel) to.send(x); });
            assembly.stage(name + ".from", null, List.of(outlet.end()), Ends.in(from), () -> outlet.sendAll(from));
        });
    }

    // Sinks

    /// Sends the elements into `out`, which the pipeline owns: it closes it at the end, and poisons it on a failure.
    public CompletePipeline<Void> to(Sender<? super T> out) {
        Objects.requireNonNull(out, "out");
        return ending("to", Ends.out(out), in -> { for (var x : in) out.send(x); });
    }

    /// Hands each element to `handler`.
    public CompletePipeline<Void> forEach(Handler<? super T> handler) {
        Objects.requireNonNull(handler, "handler");
        return ending("forEach", Ends.NONE, in -> { for (var x : in) handler.handle(x); });
    }

    /// Publishes the elements to `subscriber`, as fast as it asks for them; when it cancels, the pipeline ends without a failure.
    public CompletePipeline<Void> to(Flow.Subscriber<? super T> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        return new CompletePipeline<>(assembly -> publishing(assembly, FlowOutput.open(subscriber)));
    }

    /// A publisher that runs this pipeline anew for each of its subscribers, as fast as that one asks for elements. One element is made ready before it is asked for, so
    /// that the end can be told. The processes run where `subscribe` was called: in its loop, if it is in one. What fails after the
    /// subscriber has cancelled goes to the uncaught exception handler.
    public Flow.Publisher<T> toPublisher() {
        return subscriber -> {
            var output = FlowOutput.<T>open(subscriber);
            output.start(new CompletePipeline<>(assembly -> publishing(assembly, output)));
        };
    }

    private Supplier<Void> publishing(Assembly assembly, FlowOutput<T> output) {
        var in = assembly.filled(this);
        assembly.sink("publish", in, Ends.NONE, () -> output.run(in.channel));
        assembly.whenEnded(output::ended);
        return Sink.NOTHING;
    }

    /// Writes each element as a line in UTF-8 into `file`, which is created or emptied.
    public CompletePipeline<Void> toLines(Path file) {
        Objects.requireNonNull(file, "file");
        return ending("toLines", Ends.NONE, in -> {
            try (var writer = Files.newBufferedWriter(file)) {
                for (var x : in) {
                    writer.write(x.toString());
                    writer.newLine();
                }
            }
        });
    }

    /// Collects the elements.
    public <R> CompletePipeline<R> collect(Collector<? super T, ?, R> collector) {
        Objects.requireNonNull(collector, "collector");
        return read("collect", in -> Sink.collect(collector, in));
    }

    /// The elements as a list.
    public CompletePipeline<List<T>> toList() {
        return collect(Collectors.toUnmodifiableList());
    }

    /// The result of `reader`, which is handed the end that the elements come from, and through it an iterator (`in.iterator()`) and a stream
    /// (`in.stream()`). When it returns, the pipeline ends: `read("first", in -> in.stream().findFirst().orElseThrow())`.
    public <R> CompletePipeline<R> read(String name, Mapping<? super Receiver<T>, ? extends R> reader) {
        Objects.requireNonNull(reader, "reader");
        return new CompletePipeline<>(assembly -> {
            var in = assembly.filled(this);
            var result = new Sink.Result<R>();
            assembly.sink(name, in, Ends.NONE, () -> result.value = reader.apply(in.channel));
            return result;
        });
    }

    /// Gives all elements to each of `branches`, pipelines that go on from here to their sinks. The slowest sets the pace; one that has enough leaves, and when all
    /// have left, this pipeline ends.
    ///
    /// @return the results of the branches, in their order
    @SafeVarargs
    @SuppressWarnings("varargs") public final <R> CompletePipeline<List<R>> broadcast(
            Function<? super Pipeline<T>, ? extends CompletePipeline<? extends R>>... branches) {
        var all = List.of(branches);
        return new CompletePipeline<>(assembly -> {
            var in = assembly.filled(this);
            var fan = new Fan<>(in, assembly.meter("broadcast", in));
            var results = new ArrayList<Supplier<? extends R>>();
            for (var branch : all) results.add(branch.apply(fan.branch()).plan.attach(assembly));
            fan.attach(assembly, "broadcast");
            return () -> {
                var values = new ArrayList<R>();
                for (var result : results) values.add(result.get());
                return values;
            };
        });
    }

    private CompletePipeline<Void> ending(String name, Ends outs, Sink.Body<T> body) {
        return new CompletePipeline<>(assembly -> {
            var in = assembly.filled(this);
            assembly.sink(name, in, outs, () -> body.run(in.channel));
            return Sink.NOTHING;
        });
    }
}
