package dev.parley.csp.kotlin

import dev.parley.csp.Alt
import dev.parley.csp.Channel
import dev.parley.csp.ChannelClosed
import dev.parley.csp.ChannelPoisoned
import dev.parley.csp.Closed
import dev.parley.csp.Received
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel.Factory.RENDEZVOUS
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import kotlinx.coroutines.channels.Channel as KotlinChannel

/** Coroutines on our channels; the races of cancellation are tried many times on two threads. */
@Timeout(60)
class CoroutinesTest {
    private val races = Integer.getInteger("parley.races", 3_000)

    private fun undelivered(element: Int): Unit = throw AssertionError("$element was not delivered")

    @Test
    fun coroutinesSendAndReceive() = runBlocking {
        val channel = Channel.rendezvous<Int>("c")
        launch { for (i in 1..3) channel.sendSuspending(i); channel.close() }
        assertEquals(1, channel.receiveSuspending())
        assertEquals(Received(2), channel.receiveOrClosedSuspending())
        assertEquals(listOf(3), channel.receiveAsFlow().toList())
        assertEquals(Closed<Int>(), channel.receiveOrClosedSuspending())
        assertTrue(runCatching { channel.receiveSuspending() }.exceptionOrNull() is ChannelClosed)
        assertTrue(runCatching { channel.sendSuspending(4) }.exceptionOrNull() is ChannelClosed)
    }

    @Test
    fun threadsAndCoroutinesMeet() = runBlocking(Dispatchers.Default) {
        val channel = Channel.rendezvous<Int>("c")
        val thread = thread { for (i in 1..1000) channel.send(i); channel.close() }
        assertEquals((1..1000).toList(), channel.receiveAsFlow().toList())
        thread.join()
    }

    @Test
    fun aPoisonIsThrown() = runBlocking {
        val channel = Channel.rendezvous<Int>("c")
        val cause = IllegalStateException("x")
        val waits = async { runCatching { channel.receiveSuspending() }.exceptionOrNull() }
        yield()
        channel.poison(cause)
        val thrown = waits.await()
        assertTrue(thrown is ChannelPoisoned)
        assertSame(cause, thrown!!.cause)
    }

    @Test
    fun aCancelledOperationDidNotHappen() = runBlocking {
        val channel = Channel.rendezvous<Int>("c")
        assertEquals(null, withTimeoutOrNull(5) { channel.receiveSuspending() })
        assertEquals(null, withTimeoutOrNull(5) { channel.sendSuspending(1) })
        assertEquals(0, channel.statistics().waitingSenders())
        assertEquals(0, channel.statistics().waitingReceivers())
        val already = launch { }
        already.cancel()
        val buffered = Channel.buffered<Int>(1)
        launch { coroutineContext[kotlinx.coroutines.Job]!!.cancel(); buffered.sendSuspending(1) }.join()
        assertEquals(0, buffered.statistics().buffered())
    }

    @Test
    fun aReceiveThatRacesWithItsCancellationLosesNothing() = runBlocking(Dispatchers.Default) {
        val channel = Channel.rendezvous<Int>("c")
        val taken = AtomicInteger()
        val sent = AtomicInteger()
        repeat(races) {
            val receiver = launch { channel.receiveSuspending(); taken.incrementAndGet() }
            val sender = launch { if (channel.trySend(1)) sent.incrementAndGet() }
            val cancels = launch { receiver.cancel() }
            joinAll(receiver, sender, cancels)
        }
        assertEquals(sent.get(), taken.get())
        assertEquals(0, channel.statistics().waitingReceivers())
    }

    @Test
    fun aSendThatRacesWithItsCancellationHappensOnceOrNot() = runBlocking(Dispatchers.Default) {
        val channel = Channel.rendezvous<Int>("c")
        val taken = AtomicInteger()
        val sent = AtomicInteger()
        repeat(races) {
            val sender = launch { channel.sendSuspending(1); sent.incrementAndGet() }
            val receiver = launch { if (channel.tryReceive() is Received) taken.incrementAndGet() }
            val cancels = launch { sender.cancel() }
            joinAll(receiver, sender, cancels)
        }
        assertEquals(taken.get(), sent.get())
        assertEquals(0, channel.statistics().waitingSenders())
    }

    @Test
    fun aChoiceThatRacesWithItsCancellationHappensOnceOrNot() = runBlocking(Dispatchers.Default) {
        val a = Channel.rendezvous<Int>("a")
        val b = Channel.rendezvous<Int>("b")
        val taken = AtomicInteger()
        val returned = AtomicInteger()
        val sent = AtomicInteger()
        repeat(races) {
            val alt = Alt.of(a.on { taken.incrementAndGet() }, b.on { taken.incrementAndGet() })
            val chooser = launch { alt.selectSuspending(); returned.incrementAndGet() }
            val sender = launch { if (a.trySend(1)) sent.incrementAndGet() }
            val cancels = launch { chooser.cancel() }
            joinAll(chooser, sender, cancels)
        }
        assertEquals(sent.get(), taken.get())
        assertEquals(sent.get(), returned.get())
    }

    @Test
    fun aCoroutineChooses() = runBlocking(Dispatchers.Default) {
        val numbers = Channel.rendezvous<Int>("numbers")
        val words = Channel.rendezvous<String>("words")
        val seen = ConcurrentLinkedQueue<Any>()
        val alt = Alt.of(numbers.on { seen.add(it) }, words.on { seen.add(it) })
        launch { words.sendSuspending("one"); numbers.sendSuspending(2) }
        assertEquals(1, alt.selectSuspending())
        assertEquals(0, alt.selectSuspending())
        assertEquals(listOf<Any>("one", 2), seen.toList())
    }

    @Test
    fun aFlowGoesIntoAChannelAndOutAgain() = runBlocking(Dispatchers.Default) {
        val channel = Channel.buffered<Int>(2)
        launch { (1..5).asFlow().sendTo(channel) }
        assertEquals(listOf(1, 2, 3, 4, 5), channel.receiveAsFlow().toList())
        val other = Channel.buffered<Int>(5)
        (1..5).asFlow().sendTo(other)
        assertEquals(listOf(1, 2), other.receiveAsFlow().take(2).toList())
        assertEquals(3, other.receiveSuspending())
    }

    @Test
    fun eachSideSeesTheOthersChannelsAsItsOwn() = runBlocking(Dispatchers.Default) {
        val ours = Channel.rendezvous<Int>("ours")
        val theirs = ours.asReceiveChannel(this, ::undelivered)
        val back = theirs.asReceiver(this, ::undelivered)
        launch { (1..20).asFlow().sendTo(ours) }
        assertEquals((1..20).toList(), back.receiveAsFlow().toList())

        val out = Channel.rendezvous<Int>("out")
        val sending = out.asSendChannel(this, ::undelivered)
        val through = sending.asSender(this)
        launch { (1..20).asFlow().sendTo(through) }
        assertEquals((1..20).toList(), out.receiveAsFlow().toList())
    }

    @Test
    fun aFailureGoesThroughTheViews() = runBlocking(Dispatchers.Default) {
        val cause = IllegalStateException("x")
        val ours = Channel.rendezvous<Int>("ours")
        val theirs = ours.asReceiveChannel(this, ::undelivered)
        ours.poison(cause)
        assertSame(cause.javaClass, runCatching { theirs.receive() }.exceptionOrNull()!!.javaClass)
        val kotlin = KotlinChannel<Int>(RENDEZVOUS)
        val view = kotlin.asReceiver(this, ::undelivered)
        kotlin.close(cause)
        val thrown = assertThrows(ChannelPoisoned::class.java) { view.receive() }
        assertEquals("x", thrown.cause!!.message)
    }

    @Test
    fun aCancelledViewRetiresItsEnd() = runBlocking(Dispatchers.Default) {
        val ours = Channel.rendezvous<Int>("ours")
        ours.asReceiveChannel(this, ::undelivered).cancel()
        withTimeout(20_000) {
            val thrown = runCatching { while (true) ours.sendSuspending(1) }.exceptionOrNull()
            assertTrue(thrown is ChannelPoisoned)
        }
    }

    @Test
    fun whatAViewTookIsDeliveredOrHandedBack() = runBlocking(Dispatchers.Default) {
        repeat(races / 10) {
            val ours = Channel.rendezvous<Int>("ours")
            val lost = AtomicInteger()
            val got = AtomicInteger()
            val view = ours.asReceiveChannel(this) { lost.incrementAndGet() }
            val sent = AtomicInteger()
            val sender = launch {
                try {
                    while (true) { ours.sendSuspending(1); sent.incrementAndGet() }
                } catch (end: ChannelPoisoned) {
                    assertTrue(end.receiverGone())
                }
            }
            val receiver = launch {
                try {
                    for (x in view) got.addAndGet(x)
                } catch (end: CancellationException) {
                    // what this test is about
                }
            }
            val cancels = launch { view.cancel() }
            joinAll(sender, receiver, cancels)
            for (child in coroutineContext[kotlinx.coroutines.Job]!!.children) child.join()
            assertEquals(sent.get(), got.get() + lost.get())
        }
    }
}
