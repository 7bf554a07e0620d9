/** Sending, receiving and choosing for coroutines, and views of channels in both directions. */
@file:JvmName("Coroutines")

package dev.parley.csp.kotlin

import dev.parley.csp.Alt
import dev.parley.csp.Channel
import dev.parley.csp.ChannelClosed
import dev.parley.csp.ChannelPoisoned
import dev.parley.csp.Closed
import dev.parley.csp.Received
import dev.parley.csp.Receiver
import dev.parley.csp.Reception
import dev.parley.csp.Sender
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import kotlin.coroutines.resume
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.channels.Channel.Factory.RENDEZVOUS
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.channels.SendChannel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import kotlinx.coroutines.channels.Channel as KotlinChannel

// Cancellation loses nothing: an operation is taken back by `cancel` of its future, which answers whether it did not happen. If it did, it
// returns its result although the coroutine is cancelled, which the next suspension then tells. (suspendCancellableCoroutine alone would not do: it drops
// a result that arrives together with the cancellation. Therefore it carries no result here, only that there is one.)

/**
 * Sends [value], suspending until a receiver has taken it or it is in the buffer: as [Sender.send], whose exceptions it throws.
 *
 * **Cancellation.** If this throws CancellationException, [value] was not sent and will not be.
 */
public suspend fun <T : Any> Sender<T>.sendSuspending(value: T) {
    currentCoroutineContext().ensureActive()
    sendAsync(value).result()
}

/**
 * Receives the next element, suspending until there is one: as [Receiver.receive].
 *
 * **Cancellation.** If this throws CancellationException, no element was taken.
 */
public suspend fun <T : Any> Receiver<T>.receiveSuspending(): T = when (val next = receiveOrClosedSuspending()) {
    is Received -> next.value
    is Closed -> throw ChannelClosed(name(), "receive on Channel \"${name()}\" [closed]")
}

/** As [receiveSuspending], but tells the end by a value: as [Receiver.receiveOrClosed]. */
public suspend fun <T : Any> Receiver<T>.receiveOrClosedSuspending(): Reception<T> {
    currentCoroutineContext().ensureActive()
    return receiveAsync().result()
}

/**
 * Lets one of the guards happen: as [Alt.select]. The waiting, and the handler, are done by a virtual thread; the coroutine is suspended meanwhile.
 *
 * **Cancellation.** If this throws CancellationException, no guard happened.
 */
public suspend fun Alt.selectSuspending(): Int {
    currentCoroutineContext().ensureActive()
    val choice = Choice(this).start()
    try {
        choice.awaitDone()
    } catch (cancelled: CancellationException) {
        choice.interrupt()
        withContext(NonCancellable) { choice.awaitDone() }
        if (choice.wasInterrupted()) throw cancelled
    }
    return choice.joined()
}

/**
 * The elements until the end, each received when the collector is ready for it. A collector that stops takes no more. To be collected any number of times, each
 * element by one of them.
 */
public fun <T : Any> Receiver<T>.receiveAsFlow(): Flow<T> = flow {
    while (true) {
        when (val next = receiveOrClosedSuspending()) {
            is Received -> emit(next.value)
            is Closed -> break
        }
    }
}

/** Sends all elements of this flow into [out] and closes it; poisons it if the flow fails, or if this is cancelled. */
public suspend fun <T : Any> Flow<T>.sendTo(out: Sender<T>) {
    try {
        collect { out.sendSuspending(it) }
    } catch (failure: Throwable) {
        out.poison(failure)
        throw failure
    }
    out.close()
}

/**
 * A view of this end as a channel of Kotlin, filled by a coroutine of [scope]. Its close and poison close the view; a cancellation of the view
 * retires this end. Each element taken from here is received there or given to [onUndelivered].
 */
public fun <T : Any> Receiver<T>.asReceiveChannel(scope: CoroutineScope, onUndelivered: (T) -> Unit): ReceiveChannel<T> {
    val view = KotlinChannel<T>(RENDEZVOUS, onUndeliveredElement = onUndelivered)
    val filling = scope.pump(this, view)
    view.invokeOnClose { filling.cancel() }
    return view
}

/**
 * A view of this end as a channel of Kotlin, emptied by a coroutine of [scope]. A close of the view closes this end; when this end is poisoned, the view is
 * cancelled. Each element sent there is sent here or given to [onUndelivered].
 */
public fun <T : Any> Sender<T>.asSendChannel(scope: CoroutineScope, onUndelivered: (T) -> Unit): SendChannel<T> {
    val view = KotlinChannel<T>(RENDEZVOUS, onUndeliveredElement = onUndelivered)
    scope.pump(view, this, onUndelivered)
    return view
}

/**
 * A view of this channel of Kotlin as one of ours, filled by a coroutine of [scope]. Its close closes the view, with a cause poisons it; when the view is retired, this is
 * cancelled with the next element. Each element received here is received there or given to [onUndelivered].
 */
public fun <T : Any> ReceiveChannel<T>.asReceiver(scope: CoroutineScope, onUndelivered: (T) -> Unit): Receiver<T> {
    val view = Channel.rendezvous<T>()
    scope.pump(this, view, onUndelivered)
    return view
}

/**
 * A view of this channel of Kotlin as one of ours, emptied by a coroutine of [scope]. A close of the view closes this, a poison closes it with the cause; when this is
 * cancelled, the view is retired with the next element. An element sent there is sent here, or lost if this is closed first: that is for the
 * `onUndeliveredElement` of this channel.
 */
public fun <T : Any> SendChannel<T>.asSender(scope: CoroutineScope): Sender<T> {
    val view = Channel.rendezvous<T>()
    scope.pump(view, this)
    return view
}

private fun <T : Any> CoroutineScope.pump(from: Receiver<T>, to: SendChannel<T>): Job = moving({
    while (true) {
        when (val next = from.receiveOrClosedSuspending()) {
            is Received -> to.send(next.value) // if this fails, the channel tells its onUndeliveredElement
            is Closed -> break
        }
    }
}) { failure ->
    to.close(if (failure is ChannelPoisoned) failure.cause else failure)
    from.retire()
}

private fun <T : Any> CoroutineScope.pump(from: ReceiveChannel<T>, to: Sender<T>, onUndelivered: (T) -> Unit): Job = moving({
    for (element in from) {
        try {
            to.sendSuspending(element)
        } catch (failure: Throwable) {
            onUndelivered(element)
            throw failure
        }
    }
}) { failure ->
    if (failure == null) {
        to.close()
    } else {
        to.poison(failure)
        from.cancel(CancellationException("the other side of this channel has ended", failure))
    }
}

/** Runs [move] in a coroutine and tells [ended] how it ended, also if it was cancelled before it began. Its failure is told to both sides, so not to the scope. */
private fun CoroutineScope.moving(move: suspend () -> Unit, ended: (Throwable?) -> Unit): Job {
    var failure: Throwable? = null
    val job = launch {
        try {
            move()
        } catch (thrown: Throwable) {
            failure = thrown
            if (thrown is CancellationException) throw thrown
        }
    }
    job.invokeOnCompletion { cause -> ended(failure ?: cause) }
    return job
}

/** Waits for an operation, or takes it back when the coroutine is cancelled. */
private suspend fun <R : Any?> CompletableFuture<R>.result(): R {
    if (!isDone) {
        try {
            awaitDone()
        } catch (cancelled: CancellationException) {
            if (cancel(false)) throw cancelled
            withContext(NonCancellable) { awaitDone() } // it happens: its end is on its way
        }
    }
    return joined()
}

private suspend fun CompletableFuture<*>.awaitDone(): Unit =
    suspendCancellableCoroutine { waiting -> whenComplete { _, _ -> waiting.resume(Unit) } }

private fun <R> CompletableFuture<R>.joined(): R =
    try {
        join()
    } catch (failed: CompletionException) {
        throw failed.cause ?: failed
    }
