"""The works of the benchmarks on asyncio, with its own event loop or uvloop's. How it is called stands in Programs.java.

asyncio has no rendezvous and no choice over queues, so it does only the rows with buffers, tasks and callbacks. Farms whose workers are other processes
(concurrent.futures, SCOOP, Ray) do net-farm.
"""
import asyncio
import collections
import concurrent.futures
import resource
import sys
import threading
import time

ELEMENTS = 1000
LEVELS, BRANCHES = 6, 6
BURST = 1000
WORKERS, OUTSTANDING = 2, 64
READ = 128 * 1024


async def stream(capacity, n):
    queue = asyncio.Queue(capacity)
    total = 0

    async def send():
        for i in range(n):
            await queue.put(i & 127)

    async def receive():
        nonlocal total
        for _ in range(n):
            total += await queue.get()

    await asyncio.gather(send(), receive())
    return total


async def chain(capacity, n):
    links = [asyncio.Queue(capacity) for _ in range(n)]

    async def send():
        for i in range(ELEMENTS):
            await links[0].put(i & 127)

    async def pass_on(source, out):
        for _ in range(ELEMENTS):
            await out.put(await source.get())

    async def receive():
        return sum([await links[-1].get() for _ in range(ELEMENTS)])

    between = [pass_on(a, b) for a, b in zip(links, links[1:])]
    return (await asyncio.gather(send(), *between, receive()))[-1]


async def pairs(capacity, n):
    return sum(await asyncio.gather(*[stream(capacity, ELEMENTS) for _ in range(n)]))


async def spawn(n):
    async def nothing():
        return 1

    count = 0
    for _ in range(n):
        count += await asyncio.create_task(nothing())
    return count


async def yielding(n):
    async def side():
        for _ in range(n):
            await asyncio.sleep(0)
        return n

    return sum(await asyncio.gather(side(), side()))


async def children(levels):
    if levels == 0:
        return 0
    async def child():
        return 1 + await children(levels - 1)
    return sum(await asyncio.gather(*[child() for _ in range(BRANCHES)]))


async def tree(n):
    return sum([await children(LEVELS) for _ in range(n)])


async def callback(n):
    loop = asyncio.get_running_loop()
    end = loop.create_future()
    count = 0

    def next_one():
        nonlocal count
        count += 1
        if count < n:
            loop.call_soon(next_one)
        else:
            end.set_result(count)

    loop.call_soon(next_one)
    return await end


async def foreign_callback(n):
    loop = asyncio.get_running_loop()
    count = 0

    def bursts():
        done = 0
        while done < n:
            burst = min(BURST, n - done)
            left = burst
            end = threading.Event()

            def one():
                nonlocal count, left
                count += 1
                left -= 1
                if left == 0:
                    end.set()

            for _ in range(burst):
                loop.call_soon_threadsafe(one)
            end.wait()
            done += burst

    await asyncio.to_thread(bursts)
    return count


async def timer(n):
    loop = asyncio.get_running_loop()
    for _ in range(n):
        loop.call_later(3600, print).cancel()
    return n


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


async def echo_stream(reader, writer):
    while data := await reader.read(READ):
        writer.write(data)
        await writer.drain()
    writer.close()


async def echo(by_protocol):
    """Sends back whatever comes, on a port that it prints, until its standard input ends.

    By streams, as the documentation recommends to programs; by a protocol, as to libraries, which is faster.
    """
    loop = asyncio.get_running_loop()
    if by_protocol:
        server = await loop.create_server(Echo, '127.0.0.1', 0)
    else:
        server = await asyncio.start_server(echo_stream, '127.0.0.1', 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def farm(n):
    tasks = asyncio.Queue(OUTSTANDING)
    results = asyncio.Queue(OUTSTANDING)

    async def worker():
        while (task := await tasks.get()) >= 0:
            await results.put(task)

    async def farmer():
        got = 0
        for i in range(n):
            if i >= OUTSTANDING:
                got += await results.get()
            await tasks.put(i & 127)
        for _ in range(min(n, OUTSTANDING)):
            got += await results.get()
        for _ in range(WORKERS):
            await tasks.put(-1)
        return got

    return (await asyncio.gather(*[worker() for _ in range(WORKERS)], farmer()))[-1]


def nothing(x):
    return x


def farm_of(submit, result):
    """The work of net-farm for a library whose tasks run in other processes: a call each, no batches."""
    async def farm(n):
        under_way = collections.deque()
        got = 0
        for i in range(n):
            if i >= OUTSTANDING:
                got += result(under_way.popleft())
            under_way.append(submit(i & 127))
        return got + sum([result(future) for future in under_way])

    return farm


def process_pool():
    pool = concurrent.futures.ProcessPoolExecutor(WORKERS)
    return farm_of(lambda x: pool.submit(nothing, x), lambda future: future.result())


def scoop():
    from scoop import futures
    return farm_of(lambda x: futures.submit(nothing, x), lambda future: future.result())


def ray():
    import ray
    ray.init(num_cpus=WORKERS, include_dashboard=False, log_to_driver=False)
    remote = ray.remote(nothing)
    return farm_of(lambda x: remote.remote(x), ray.get)


FARMS = {'process-pool': process_pool, 'scoop': scoop, 'ray': ray}


def work(whose, row):
    if whose in FARMS:
        return FARMS[whose]() if row == 'net-farm' else None
    plain = {'spawn': spawn, 'yield': yielding, 'tree': tree, 'callback': callback,
             'foreign-callback': foreign_callback, 'timer': timer, 'farm': farm}
    if row in plain:
        return plain[row]
    kind, _, capacity = row.rpartition('-')
    queues = {'buffered': stream, 'chain': chain, 'pairs': pairs}
    if kind not in queues or not capacity.isdigit() or capacity == '0':
        return None
    return lambda n: queues[kind](int(capacity), n)


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    whose = sys.argv[1].removesuffix('-protocol')
    if whose == 'uvloop':
        import uvloop
        uvloop.install()
    if sys.argv[2] == 'echo':
        asyncio.run(echo(whose != sys.argv[1]))
        return
    row, n, operations = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    warm_up, iterations, length = float(sys.argv[5]), int(sys.argv[6]), float(sys.argv[7])
    chosen = work(whose, row)
    if chosen is None:
        sys.exit(64)

    async def measure():
        begin = time.perf_counter()
        while time.perf_counter() - begin < warm_up:
            print('answer', await chosen(n))
        for _ in range(iterations):
            answers = []
            cpu_before = cpu()
            begin = time.perf_counter()
            while not answers or time.perf_counter() - begin < length:
                answers.append(await chosen(n))
            took = time.perf_counter() - begin
            spent = cpu() - cpu_before
            per_op = 1e9 / operations / len(answers)
            print('sample', took * per_op, '-', spent * per_op)
            for answer in answers:
                print('answer', answer)

    asyncio.run(measure())


if __name__ == '__main__':
    main()
