package dev.parley.jmh

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.yield
import java.util.concurrent.atomic.AtomicLong

/**
 * kotlinx.coroutines: coroutines cannot block, so each work is written again, line by line after its common form. They run on the default dispatcher, or all
 * on the event loop of one `runBlocking`. Its `select` prefers the first clause that is ready.
 */
class Kotlinx(private val loop: Boolean) : Contender {
    override fun does(question: Question): Boolean = when (question) {
        is Stream, is CommsTime, is Chain, is Pairs, is Choosing, is IdleGuard, is StressedAlt, is TokenRing, is Crowd, is Popular,
        is Daisy, is Spawning, is Farm -> true
        else -> false
    }

    override fun answer(question: Question, n: Int): Long = if (loop) runBlocking { work(question, n) }
    else runBlocking(Dispatchers.Default) { work(question, n) }

    private suspend fun work(question: Question, n: Int): Long = when (question) {
        is Stream -> stream(question.capacity, n)
        is CommsTime -> commsTime(question.parallel, n)
        is Chain -> chain(question, n)
        is Pairs -> pairs(question, n)
        is Choosing -> choosing(question, n)
        is IdleGuard -> idleGuard(n)
        is StressedAlt -> stressedAlt(n)
        is TokenRing -> tokenRing(question.tokens, n)
        is Crowd -> crowd(question, n)
        is Popular -> popular(n)
        is Daisy -> daisy(n)
        is Spawning -> spawning(question.way, n)
        is Farm -> farm(n)
        else -> throw UnsupportedOperationException(question.id())
    }

    private fun channel(capacity: Int) = Channel<Int>(capacity) // Int.MAX_VALUE is unlimited there, too

    private suspend fun stream(capacity: Int, n: Int): Long {
        val link = channel(capacity)
        var sum = 0L
        coroutineScope {
            launch { for (i in 0 until n) link.send(Question.element(i)) }
            launch {
                var got = 0L
                for (i in 0 until n) got += link.receive()
                sum = got
            }
        }
        return sum
    }

    private suspend fun commsTime(parallel: Boolean, n: Int): Long {
        val numbers = channel(0)
        val toSuccessor = channel(0)
        val fromSuccessor = channel(0)
        val toConsumer = channel(0)
        var sum = 0L
        coroutineScope {
            launch {
                numbers.send(0)
                for (i in 1 until n) numbers.send(fromSuccessor.receive())
                fromSuccessor.receive()
            }
            launch {
                for (i in 0 until n) {
                    val x = numbers.receive()
                    if (parallel) coroutineScope {
                        launch { toSuccessor.send(x) }
                        launch { toConsumer.send(x) }
                    } else {
                        toSuccessor.send(x)
                        toConsumer.send(x)
                    }
                }
            }
            launch { for (i in 0 until n) fromSuccessor.send(Question.element(toSuccessor.receive() + 1)) }
            launch {
                var got = 0L
                for (i in 0 until n) got += toConsumer.receive()
                sum = got
            }
        }
        return sum
    }

    private suspend fun chain(question: Chain, n: Int): Long {
        val links = Array(n) { channel(question.capacity) }
        var sum = 0L
        coroutineScope {
            launch { for (i in 0 until question.elements) links[0].send(Question.element(i)) }
            for (i in 1 until n) launch { for (k in 0 until question.elements) links[i].send(links[i - 1].receive()) }
            launch {
                var got = 0L
                for (i in 0 until question.elements) got += links[n - 1].receive()
                sum = got
            }
        }
        return sum
    }

    private suspend fun pairs(question: Pairs, n: Int): Long {
        val sums = LongArray(n)
        coroutineScope {
            for (pair in 0 until n) {
                val link = channel(question.capacity)
                launch { for (i in 0 until question.elements) link.send(Question.element(i)) }
                launch {
                    var got = 0L
                    for (i in 0 until question.elements) got += link.receive()
                    sums[pair] = got
                }
            }
        }
        return sums.sum()
    }

    private suspend fun choose(inputs: List<Channel<Int>>, outputs: List<Channel<Int>>): Int = select {
        for (link in inputs) link.onReceive { it }
        for (link in outputs) link.onSend(1) { 0 }
    }

    private suspend fun choosing(question: Choosing, n: Int): Long {
        val inputs = List(question.inputs) { channel(0) }
        val outputs = List(question.outputs) { channel(0) }
        val got = LongArray(question.outputs + 1)
        coroutineScope {
            inputs.forEachIndexed { i, link -> launch { for (k in 0 until question.share(n, i)) link.send(1) } }
            outputs.forEachIndexed { i, link ->
                launch {
                    var sum = 0L
                    for (k in 0 until question.share(n, question.inputs + i)) sum += link.receive()
                    got[i] = sum
                }
            }
            launch {
                var sum = 0L
                for (i in 0 until n) sum += choose(inputs, outputs)
                got[question.outputs] = sum
            }
        }
        return got.sum()
    }

    private suspend fun idleGuard(n: Int): Long {
        val idle = channel(0)
        val busy = channel(0)
        val other = channel(0)
        val over = Array(IdleGuard.rounds(n)) { if (it == IdleGuard.timedRound(n)) idle else other }
        val nanos = LongArray(over.size)
        var sum = 0L
        coroutineScope {
            launch {
                for (i in over.indices) nanos[i] = sendRound(busy, over[i])
            }
            launch {
                val inputs = listOf(idle, busy)
                var got = 0L
                for (link in over) got += choosingRound(inputs, link)
                sum = got
            }
        }
        Costs.own(nanos[IdleGuard.timedRound(n)])
        return sum
    }

    private suspend fun sendRound(busy: Channel<Int>, last: Channel<Int>): Long {
        for (i in 0 until IdleGuard.CHOICES) busy.send(1)
        val begin = System.nanoTime()
        last.send(1)
        return System.nanoTime() - begin
    }

    private suspend fun choosingRound(inputs: List<Channel<Int>>, last: Channel<Int>): Long {
        var got = 0L
        for (i in 0 until IdleGuard.CHOICES) got += choose(inputs, emptyList())
        return got + last.receive()
    }

    private suspend fun stressedAlt(n: Int): Long {
        val links = List(StressedAlt.CHANNELS) { channel(0) }
        var stop = false
        var sum = 0L
        coroutineScope {
            for (w in 0 until StressedAlt.CHANNELS * StressedAlt.WRITERS) launch {
                val link = links[w / StressedAlt.WRITERS]
                do link.send(w) while (!stop)
                link.send(StressedAlt.LAST)
            }
            launch {
                val served = IntArray(StressedAlt.CHANNELS * StressedAlt.WRITERS)
                var got = 0L
                for (i in 0 until n) {
                    served[choose(links, emptyList())]++
                    got++
                }
                stop = true
                var left = served.size
                while (left > 0) if (choose(links, emptyList()) == StressedAlt.LAST) left--
                Costs.shares(served)
                sum = got
            }
        }
        return sum
    }

    private suspend fun tokenRing(tokens: Int, n: Int): Long {
        val links = Array(TokenRing.PROCESSES) { channel(0) }
        val kept = LongArray(TokenRing.PROCESSES)
        coroutineScope {
            for (self in 0 until TokenRing.PROCESSES) launch {
                val link = links[self]
                val out = links[(self + 1) % TokenRing.PROCESSES]
                val holds = self < tokens
                if (holds) out.send(1)
                for (k in 0 until n * tokens - (if (holds) 1 else 0)) out.send(link.receive())
                if (holds) kept[self] = n.toLong() * link.receive()
            }
        }
        return kept.sum()
    }

    private suspend fun crowd(question: Crowd, n: Int): Long {
        val share = n / question.side
        val link = channel(question.capacity)
        val guards = listOf(channel(0), link)
        val got = LongArray(question.side)
        coroutineScope {
            for (self in 0 until question.side) {
                launch {
                    for (k in 0 until share) {
                        if (Crowd.work(k) != 0L) link.send(1)
                    }
                }
                launch {
                    var sum = 0L
                    for (k in 0 until share) {
                        val element = if (question.guarded) choose(guards, emptyList()) else link.receive()
                        if (Crowd.work(k) != 0L) sum += element
                    }
                    got[self] = sum
                }
            }
        }
        return got.sum() + n - share.toLong() * question.side
    }

    private suspend fun popular(n: Int): Long {
        val common = channel(0)
        val own = Array(Popular.PROCESSES) { channel(0) }
        val got = LongArray(Popular.PROCESSES)
        coroutineScope {
            for (self in 0 until Popular.PROCESSES) launch {
                val guards = listOf(common, own[self])
                var sum = 0L
                for (k in 0 until n) sum += choose(guards, emptyList())
                got[self] = sum
            }
            launch { for (k in 0 until n) for (link in own) link.send(1) }
        }
        return got.sum()
    }

    private suspend fun daisy(n: Int): Long {
        val first = channel(0)
        var left = first
        var sum = 0L
        coroutineScope {
            for (i in 0 until n) {
                val out = left
                val right = channel(0)
                launch { out.send(1 + right.receive()) }
                left = right
            }
            launch { left.send(0) }
            launch { sum = first.receive().toLong() }
        }
        return sum
    }

    private suspend fun farm(n: Int): Long {
        val tasks = channel(Farm.OUTSTANDING)
        val results = channel(Farm.OUTSTANDING)
        var sum = 0L
        coroutineScope {
            for (i in 0 until Farm.WORKERS) launch {
                var task = tasks.receive()
                while (task != Farm.STOP) {
                    results.send(task)
                    task = tasks.receive()
                }
            }
            launch {
                var got = 0L
                for (i in 0 until n) {
                    if (i >= Farm.OUTSTANDING) got += results.receive()
                    tasks.send(Question.element(i))
                }
                for (i in 0 until minOf(n, Farm.OUTSTANDING)) got += results.receive()
                for (i in 0 until Farm.WORKERS) tasks.send(Farm.STOP)
                sum = got
            }
        }
        return sum
    }

    private suspend fun spawning(way: Spawning.Way, n: Int): Long {
        when (way) {
            Spawning.Way.SPAWN -> {
                var count = 0L
                coroutineScope { for (i in 0 until n) launch { count++ }.join() }
                return count
            }
            Spawning.Way.SPAWN_PAR -> {
                var count = 0L
                for (i in 0 until n) coroutineScope { launch { count++ } }
                return count
            }
            Spawning.Way.YIELD -> {
                val counts = AtomicLong()
                coroutineScope {
                    for (side in 0..1) launch {
                        var count = 0L
                        for (i in 0 until n) {
                            yield()
                            count++
                        }
                        counts.addAndGet(count)
                    }
                }
                return counts.get()
            }
            Spawning.Way.TREE -> {
                val count = AtomicLong()
                for (i in 0 until n) coroutineScope { children(Spawning.LEVELS, count) }
                return count.get()
            }
        }
    }

    private suspend fun children(levels: Int, count: AtomicLong): Unit = coroutineScope {
        for (i in 0 until Spawning.BRANCHES) launch {
            count.incrementAndGet()
            if (levels > 1) children(levels - 1, count)
        }
    }
}
