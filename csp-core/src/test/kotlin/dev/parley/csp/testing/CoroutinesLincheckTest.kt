package dev.parley.csp.testing

import dev.parley.csp.Channel
import dev.parley.csp.ChannelClosed
import dev.parley.csp.ChannelPoisoned
import dev.parley.csp.Closed
import dev.parley.csp.Empty
import dev.parley.csp.Received
import dev.parley.csp.kotlin.receiveOrClosedSuspending
import dev.parley.csp.kotlin.receiveSuspending
import dev.parley.csp.kotlin.sendSuspending
import dev.parley.csp.testing.Step.Result
import java.util.SplittableRandom
import java.util.concurrent.CompletableFuture
import kotlin.coroutines.Continuation
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.intrinsics.startCoroutineUninterceptedOrReturn
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.coroutines.resume
import kotlin.reflect.jvm.javaMethod
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Job
import kotlinx.coroutines.suspendCancellableCoroutine
import org.jetbrains.kotlinx.lincheck.Actor
import org.jetbrains.kotlinx.lincheck.CTestStructure
import org.jetbrains.kotlinx.lincheck.execution.ExecutionGenerator
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario
import org.jetbrains.kotlinx.lincheck.execution.HBClock
import org.jetbrains.kotlinx.lincheck.util.SuspendedResult
import org.jetbrains.kotlinx.lincheck.util.ValueResult
import org.jetbrains.lincheck.LincheckAssertionError
import org.jetbrains.lincheck.datastructures.CTestConfiguration
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.Options
import org.jetbrains.lincheck.datastructures.RandomProvider
import org.jetbrains.lincheck.datastructures.StressOptions
import org.jetbrains.lincheck.datastructures.verifier.Verifier
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource

// Coroutines on our channels under Lincheck, with cancellation.
//
// Each operation is a suspending function in a Job of its own, and to cancel that Job is an operation of another thread, so a cancellation comes before
// the operation, while it waits, in the middle of its meeting a partner, while it is being taken back, or too late. (The cancellation that Lincheck has built
// in gives the coroutine up where it is suspended and never lets it go on, so nothing could be taken back, and no late result be returned.)
//
// Judge is our oracle: an operation that waits is requested and resumed, one that is still suspended at the end must be one that waits then, and one
// that was cancelled has had no effect. Beyond that: only what was cancelled may say so, what was cancelled before it began must, and nothing that was cancelled
// is left suspended.

/** What the numbers of a scenario mean. */
private sealed interface Act {
    /** Something done to the channel. */
    class Does(val op: Op) : Act

    /** Cancels the operation of that number. */
    class Cancels(val number: Int) : Act
}

private fun sends(value: Int) = Act.Does(Op.Send(0, 0, value, Verb.SEND))

private fun receives(verb: Verb) = Act.Does(Op.Receive(0, 0, verb, false))

private fun ends(verb: Verb, strength: Int) = Act.Does(Op.End(0, 0, verb, strength))

/** First what waits, then what cancels it, then what does not wait, then endings. */
private val TABLE: List<Act> = listOf(
    sends(10), sends(11), receives(Verb.RECEIVE), receives(Verb.RECEIVE), receives(Verb.RECEIVE_OR_CLOSED),
    Act.Cancels(0), Act.Cancels(1), Act.Cancels(2), Act.Cancels(3), Act.Cancels(4),
    Act.Does(Op.Send(0, 0, 12, Verb.TRY_SEND)), receives(Verb.TRY_RECEIVE),
    ends(Verb.CLOSE, 0), ends(Verb.TRY_CLOSE, 0), ends(Verb.POISON, 1), ends(Verb.POISON, 2),
)

private const val CANCEL = 5
private const val TRY = 10
private const val ENDINGS = 12

/** What a class tests. */
@Retention(AnnotationRetention.RUNTIME)
annotation class Coroutines(val kind: String, val endings: Boolean = false)

private fun kind(ops: Class<*>): Kind = ParleyChannels.KINDS.first { it.name() == ops.getAnnotation(Coroutines::class.java).kind }

/** A channel, used by coroutines. */
abstract class CoroutineOps {
    private val channel: Channel<Int> = ParleyChannels.channel(kind(javaClass), "c")
    private val jobs = List(CANCEL) { Job() }

    init {
        reachable = this
    }

    /** Does what stands at this place in the table. */
    @Operation(cancellableOnSuspension = false)
    suspend fun perform(number: Int): Any = when (val act = TABLE[number]) {
        is Act.Cancels -> {
            jobs[act.number].cancel()
            Result.DONE
        }
        is Act.Does -> if (number < CANCEL) under(jobs[number]) { outcome { waiting(act.op) } } else outcome { atOnce(act.op) }
    }

    private suspend fun waiting(op: Op): Any = when {
        op is Op.Send -> {
            send(channel, op.value)
            Result.SENT
        }
        op is Op.Receive && op.verb == Verb.RECEIVE -> receive(channel)
        else -> when (val next = channel.receiveOrClosedSuspending()) {
            is Received -> next.value
            is Closed -> Result.CLOSED
        }
    }

    /** For mistakes. */
    open suspend fun send(channel: Channel<Int>, value: Int): Unit = channel.sendSuspending(value)

    /** For mistakes. */
    open suspend fun receive(channel: Channel<Int>): Int = channel.receiveSuspending()

    private fun atOnce(op: Op): Any = when (op) {
        is Op.Send -> if (channel.trySend(op.value)) Result.SENT else Result.NOTHING
        is Op.Receive -> when (val next = channel.tryReceive()) {
            is Received -> next.value
            is Closed -> Result.CLOSED
            is Empty -> Result.NOTHING
        }
        is Op.End -> when (op.verb) {
            Verb.TRY_CLOSE -> channel.tryClose()
            Verb.POISON -> channel.poison(op.strength, CAUSE)
            else -> {
                channel.close()
                Result.DONE
            }
        }
        else -> throw AssertionError(op)
    }

    companion object {
        /** Lincheck takes what no other thread can reach for local: so all can. */
        @JvmField
        @Volatile
        var reachable: CoroutineOps? = null

        private val CAUSE = Throwable("poison", null)
    }
}

private suspend fun outcome(body: suspend () -> Any): Any =
    try {
        body()
    } catch (end: ChannelPoisoned) {
        if (end.strength() > 1) Result.POISONED_STRONGLY else Result.POISONED
    } catch (end: ChannelClosed) {
        Result.CLOSED
    } catch (cancelled: CancellationException) {
        Result.INTERRUPTED
    }

/**
 * Runs a body in a Job without being its child, so that what the body returns is not replaced by a cancellation. Whoever resumes it runs it on, as with
 * Dispatchers.Unconfined; the interceptor of Lincheck would put a Job of its own in the place of ours.
 */
private suspend fun under(job: Job, body: suspend () -> Any): Any = suspendCoroutineUninterceptedOrReturn { after ->
    body.startCoroutineUninterceptedOrReturn(object : Continuation<Any> {
        override val context: CoroutineContext = after.context.minusKey(ContinuationInterceptor) + job

        override fun resumeWith(result: kotlin.Result<Any>) = after.resumeWith(result)
    })
}

/** Random scenarios; operations may be left suspended. */
class CoroutineScenarios(configuration: CTestConfiguration, structure: CTestStructure, ignored: RandomProvider) :
    ExecutionGenerator(configuration, structure) {
    private val random = SplittableRandom(42)
    private val endings = configuration.testClass.getAnnotation(Coroutines::class.java).endings

    override fun nextExecution(): ExecutionScenario {
        val unused = (0 until if (endings) TABLE.size else ENDINGS).toMutableList()
        val threads = List(2 + random.nextInt(2)) { mutableListOf<Int>() }
        for (thread in threads) {
            repeat(1 + random.nextInt(2)) {
                // what would cancel nothing is left out, mostly
                var number = unused[random.nextInt(unused.size)]
                if (number in CANCEL until TRY && threads.none { number - CANCEL in it }) number -= CANCEL
                if (unused.remove(number)) thread += number
            }
        }
        return scenario(*threads.filter { it.isNotEmpty() }.map { it.toIntArray() }.toTypedArray())
    }
}

private fun scenario(vararg threads: IntArray): ExecutionScenario {
    val perform = CoroutineOps::perform.javaMethod!!
    return ExecutionScenario(listOf(), threads.map { thread -> thread.map { Actor(perform, listOf(it), false) } }, listOf(), null)
}

/** Judges by the [Oracle]. */
class CoroutineVerifier(ops: Class<*>) : Verifier {
    private val channels = listOf(Scenario.Setup(kind(ops), 0))

    private class Seen(val thread: Int, val index: Int, val number: Int, val result: Any?, val clock: HBClock) {
        fun overBefore(other: Seen): Boolean = result != null && other.clock[thread] > index
    }

    private class Evidence(private val all: List<Seen>) : Oracle.Evidence {
        override fun ops(): List<Op> = all.map { (TABLE[it.number] as Act.Does).op }

        override fun result(i: Int): Any? = all[i].result

        override fun overBefore(i: Int, j: Int): Boolean = all[i].overBefore(all[j])

        override fun waitedBefore(i: Int, j: Int): Boolean = false // Lincheck does not tell

        override fun endsAs(spec: Spec): Boolean = true // nor this
    }

    override fun verifyResults(scenario: ExecutionScenario, results: ExecutionResult): Boolean {
        val all = mutableListOf<Seen>()
        for ((t, actors) in scenario.parallelExecution.withIndex()) {
            for ((i, actor) in actors.withIndex()) {
                val seen = results.parallelResultsWithClock[t][i]
                val result = when (val result = seen.result) {
                    is ValueResult -> result.value
                    is SuspendedResult -> null
                    null -> break // never begun, since the one before is suspended
                    else -> return false
                }
                all += Seen(t, i, actor.arguments[0] as Int, result, seen.clockOnStart)
            }
        }
        val (cancels, ops) = all.partition { TABLE[it.number] is Act.Cancels }
        return ops.all { op -> mayEndSo(op, cancels.find { (TABLE[it.number] as Act.Cancels).number == op.number }) } &&
            Oracle.explains(channels, Evidence(ops))
    }

    private fun mayEndSo(op: Seen, cancel: Seen?): Boolean = when {
        op.result == Result.INTERRUPTED -> cancel != null && !op.overBefore(cancel)
        cancel == null -> true
        else -> op.result != null && !cancel.overBefore(op)
    }
}

class CoroutinesLincheckTest {
    @Coroutines("rendezvous") class Rendezvous : CoroutineOps()

    @Coroutines("rendezvous", endings = true) class RendezvousEnding : CoroutineOps()

    @Coroutines("buffered-1") class Buffered1 : CoroutineOps()

    @Coroutines("buffered-1", endings = true) class Buffered1Ending : CoroutineOps()

    @Coroutines("buffered-2") class Buffered2 : CoroutineOps()

    @Coroutines("buffered-2", endings = true) class Buffered2Ending : CoroutineOps()

    @Coroutines("unbounded") class Unbounded : CoroutineOps()

    @Coroutines("unbounded", endings = true) class UnboundedEnding : CoroutineOps()

    @Coroutines("sliding-2") class Sliding2 : CoroutineOps()

    @Coroutines("sliding-2", endings = true) class Sliding2Ending : CoroutineOps()

    @Coroutines("latest") class Latest : CoroutineOps()

    @Coroutines("latest", endings = true) class LatestEnding : CoroutineOps()

    @Coroutines("dropping-1") class Dropping1 : CoroutineOps()

    @Coroutines("dropping-1", endings = true) class Dropping1Ending : CoroutineOps()

    @Coroutines("stack-2") class Stack2 : CoroutineOps()

    @Coroutines("stack-2", endings = true) class Stack2Ending : CoroutineOps()

    @Coroutines("batch-2") class Batch2 : CoroutineOps()

    @Coroutines("batch-2", endings = true) class Batch2Ending : CoroutineOps()

    @Coroutines("promise") class Promise : CoroutineOps()

    @Coroutines("promise", endings = true) class PromiseEnding : CoroutineOps()

    @Coroutines("rendezvous-immune-1") class RendezvousImmune1 : CoroutineOps()

    @Coroutines("rendezvous-immune-1", endings = true) class RendezvousImmune1Ending : CoroutineOps()

    @Coroutines("buffered-1-immune-1") class Buffered1Immune1 : CoroutineOps()

    @Coroutines("buffered-1-immune-1", endings = true) class Buffered1Immune1Ending : CoroutineOps()

    /** Waits for the element itself, which is dropped if the cancellation comes at the same time. */
    @Coroutines("rendezvous") class DropsTheElement : CoroutineOps() {
        override suspend fun receive(channel: Channel<Int>): Int {
            val future = channel.receiveAsync()
            return suspendCancellableCoroutine { waiting ->
                future.whenComplete { next, _ -> waiting.resume((next as Received).value) }
                waiting.invokeOnCancellation { future.cancel(false) }
            }
        }
    }

    /** Leaves the operation in the queue when it is cancelled. */
    @Coroutines("rendezvous") class StaysInTheQueue : CoroutineOps() {
        override suspend fun send(channel: Channel<Int>, value: Int) = awaitDone(channel.sendAsync(value))
    }

    /** Does not hear that it was cancelled. */
    @Coroutines("rendezvous") class IsDeaf : CoroutineOps() {
        override suspend fun send(channel: Channel<Int>, value: Int): Unit = kotlin.coroutines.suspendCoroutine { waiting ->
            channel.sendAsync(value).whenComplete { _, _ -> waiting.resume(Unit) }
        }
    }

    @ParameterizedTest
    @MethodSource("few")
    fun noOrderOfStepsIsWrong(ops: Class<*>) = check(ModelCheckingOptions(), ops, SCENARIOS, INVOCATIONS)

    @ParameterizedTest
    @MethodSource("all")
    fun nothingIsWrongUnderStress(ops: Class<*>) = check(StressOptions(), ops, SCENARIOS, INVOCATIONS)

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("all")
    fun deeper(ops: Class<*>) = check(ModelCheckingOptions(), ops, 30, 500)

    @Test fun aDroppedElementIsFound() = finds(DropsTheElement::class.java, MEETING_OF_TRY)

    @Test fun whoStaysInTheQueueIsFound() = finds(StaysInTheQueue::class.java, TAKEN_BACK)

    @Test fun whoIsDeafIsFound() = finds(IsDeaf::class.java, TAKEN_BACK)

    private fun finds(ops: Class<*>, scenario: ExecutionScenario) {
        val options = ModelCheckingOptions().iterations(0).invocationsPerIteration(1_000).addCustomScenario(scenario)
        val found = assertThrows(LincheckAssertionError::class.java) { judged(options).check(ops.kotlin) }
        assertTrue(found.message!!.contains("Invalid execution results")) { found.message }
    }

    companion object {
        private val SCENARIOS = Integer.getInteger("parley.lincheck.scenarios", 1)
        private val INVOCATIONS = Integer.getInteger("parley.lincheck.invocations", 20)

        /** For the model checker in the normal build: it takes seconds for each. */
        @JvmStatic
        fun few(): List<Class<*>> =
            listOf(Rendezvous::class.java, RendezvousEnding::class.java, Buffered1::class.java, Buffered1Ending::class.java)

        @JvmStatic
        fun all(): List<Class<*>> = listOf(
            Rendezvous::class.java, RendezvousEnding::class.java, Buffered1::class.java, Buffered1Ending::class.java,
            Buffered2::class.java, Buffered2Ending::class.java, Unbounded::class.java, UnboundedEnding::class.java, Sliding2::class.java,
            Sliding2Ending::class.java, Latest::class.java, LatestEnding::class.java, Dropping1::class.java, Dropping1Ending::class.java,
            Stack2::class.java, Stack2Ending::class.java, Batch2::class.java, Batch2Ending::class.java, Promise::class.java,
            PromiseEnding::class.java, RendezvousImmune1::class.java, RendezvousImmune1Ending::class.java, Buffered1Immune1::class.java,
            Buffered1Immune1Ending::class.java,
        )

        private suspend fun awaitDone(future: CompletableFuture<*>): Unit =
            suspendCancellableCoroutine { waiting -> future.whenComplete { _, _ -> waiting.resume(Unit) } }

        /** A receive meets a send that does not wait, and is cancelled. */
        private val MEETING_OF_TRY = scenario(intArrayOf(2), intArrayOf(10), intArrayOf(CANCEL + 2))

        /** A send is cancelled, and then nothing is there to be received. */
        private val TAKEN_BACK = scenario(intArrayOf(0), intArrayOf(CANCEL, 11))

        private fun <O : Options<O, *>> check(options: O, ops: Class<*>, scenarios: Int, invocations: Int) {
            judged(options).iterations(scenarios).invocationsPerIteration(invocations).threads(3).actorsPerThread(2)
                .executionGenerator(CoroutineScenarios::class.java)
                .addCustomScenario(MEETING_OF_TRY)
                .addCustomScenario(TAKEN_BACK)
                .addCustomScenario(scenario(intArrayOf(0), intArrayOf(2), intArrayOf(CANCEL)))
                .addCustomScenario(scenario(intArrayOf(0), intArrayOf(2), intArrayOf(CANCEL + 2)))
                .check(ops.kotlin)
        }

        private fun <O : Options<O, *>> judged(options: O): O =
            options.actorsBefore(0).actorsAfter(0).minimizeFailedScenario(false).verifier(CoroutineVerifier::class.java)
    }
}
