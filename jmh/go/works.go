// The works of the benchmarks in Go: each as in the common form, with goroutines and channels. How it is called stands in Programs.java.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// What a work took of itself, if it times itself; and the shares of writers.
var own time.Duration
var timesItself bool
var leastShare, largestShare int

func main() {
	if len(os.Args) == 2 && os.Args[1] == "echo" {
		echo()
		return
	}
	if len(os.Args) == 4 && os.Args[1] == "memory" {
		memory(os.Args[2], integer(os.Args[3]))
		return
	}
	row := os.Args[1]
	n := integer(os.Args[2])
	operations := float64(integer(os.Args[3]))
	warmUp, iterations, length := seconds(os.Args[4]), integer(os.Args[5]), seconds(os.Args[6])
	work := work(row, n)
	if work == nil {
		os.Exit(64)
	}
	for begin := time.Now(); time.Since(begin) < warmUp; {
		fmt.Println("answer", work())
	}
	for i := 0; i < iterations; i++ {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		cpu := processorTime()
		begin := time.Now()
		var answers []int
		var owns []time.Duration
		for len(answers) == 0 || time.Since(begin) < length {
			answers = append(answers, work())
			owns = append(owns, own)
		}
		took := time.Since(begin)
		cpu = processorTime() - cpu
		runtime.ReadMemStats(&after)
		all := operations * float64(len(answers))
		if timesItself {
			sort.Slice(owns, func(i, j int) bool { return owns[i] < owns[j] })
			fmt.Println("sample", float64(owns[len(owns)/2]), "-", "-")
		} else {
			fmt.Println("sample", float64(took)/all, float64(after.TotalAlloc-before.TotalAlloc)/all, float64(cpu)/all)
		}
		for _, answer := range answers {
			fmt.Println("answer", answer)
		}
	}
	if largestShare > 0 {
		fmt.Println("shares", leastShare, largestShare)
	}
}

func integer(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

func seconds(s string) time.Duration {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic(err)
	}
	return time.Duration(x * float64(time.Second))
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func par(bodies ...func()) {
	var all sync.WaitGroup
	all.Add(len(bodies))
	for _, body := range bodies {
		body := body
		go func() {
			body()
			all.Done()
		}()
	}
	all.Wait()
}

func total(parts []int) int {
	sum := 0
	for _, part := range parts {
		sum += part
	}
	return sum
}

// work gives the work of a row, nil if there is none.
func work(row string, n int) func() int {
	number := func(prefix string) (int, bool) {
		x, err := strconv.Atoi(strings.TrimPrefix(row, prefix))
		return x, strings.HasPrefix(row, prefix) && err == nil
	}
	switch row {
	case "rendezvous":
		return func() int { return stream(0, n) }
	case "commstime-seq":
		return func() int { return commsTime(false, n) }
	case "commstime-par":
		return func() int { return commsTime(true, n) }
	case "alt-out-2":
		return func() int { return choose2(0, n) }
	case "alt-out-8":
		return func() int { return choose8(0, n) }
	case "alt-mixed-2":
		return func() int { return choose2(1, n) }
	case "alt-mixed-8":
		return func() int { return choose8(4, n) }
	case "alt-1":
		return func() int { return choose1(n) }
	case "alt-2":
		return func() int { return choose2(2, n) }
	case "alt-8":
		return func() int { return choose8(8, n) }
	case "stressed-alt":
		return func() int { return stressedAlt(n) }
	case "popular":
		return func() int { return popular(n) }
	case "daisy":
		return func() int { return daisy(n) }
	case "spawn", "spawn-par":
		return func() int { return spawn(n) }
	case "yield":
		return func() int { return yield(n) }
	case "tree":
		return func() int { return tree(n) }
	case "timer":
		return func() int { return timers(n) }
	case "farm":
		return func() int { return farm(n) }
	}
	if strings.HasPrefix(row, "idle-guard") {
		timesItself = true
		return func() int { return idleGuard(n) }
	}
	if capacity, ok := number("buffered-"); ok {
		return func() int { return stream(capacity, n) }
	}
	words := strings.Split(row, "-")
	if words[0] == "chain" || words[0] == "pairs" {
		elements := 1000
		if len(words) == 3 {
			elements = integer(words[2][1:])
		}
		if words[0] == "chain" {
			return func() int { return chain(integer(words[1]), elements, n) }
		}
		return func() int { return pairs(integer(words[1]), elements, n) }
	}
	if tokens, ok := number("ring-"); ok {
		return func() int { return ring(tokens, n) }
	}
	if strings.HasPrefix(row, "mpmc-") {
		if words[2] == "unbounded" { // Go has no such channel
			return nil
		}
		return func() int { return crowd(integer(words[1]), integer(words[2]), len(words) == 4, n) }
	}
	return nil
}

func stream(capacity, n int) int {
	link := make(chan int, capacity)
	sum := 0
	par(func() {
		for i := 0; i < n; i++ {
			link <- i & 127
		}
	}, func() {
		for i := 0; i < n; i++ {
			sum += <-link
		}
	})
	return sum
}

func commsTime(parallel bool, n int) int {
	numbers, toSuccessor, fromSuccessor, toConsumer := make(chan int), make(chan int), make(chan int), make(chan int)
	sum := 0
	par(func() {
		numbers <- 0
		for i := 1; i < n; i++ {
			numbers <- <-fromSuccessor
		}
		<-fromSuccessor
	}, func() {
		for i := 0; i < n; i++ {
			x := <-numbers
			if parallel {
				par(func() { toSuccessor <- x }, func() { toConsumer <- x })
			} else {
				toSuccessor <- x
				toConsumer <- x
			}
		}
	}, func() {
		for i := 0; i < n; i++ {
			fromSuccessor <- (<-toSuccessor + 1) & 127
		}
	}, func() {
		for i := 0; i < n; i++ {
			sum += <-toConsumer
		}
	})
	return sum
}

func chain(capacity, elements, n int) int {
	links := make([]chan int, n)
	for i := range links {
		links[i] = make(chan int, capacity)
	}
	bodies := []func(){func() {
		for i := 0; i < elements; i++ {
			links[0] <- i & 127
		}
	}}
	for i := 1; i < n; i++ {
		in, out := links[i-1], links[i]
		bodies = append(bodies, func() {
			for k := 0; k < elements; k++ {
				out <- <-in
			}
		})
	}
	sum := 0
	bodies = append(bodies, func() {
		for i := 0; i < elements; i++ {
			sum += <-links[n-1]
		}
	})
	par(bodies...)
	return sum
}

func pairs(capacity, elements, n int) int {
	sums := make([]int, n)
	var bodies []func()
	for pair := 0; pair < n; pair++ {
		pair, link := pair, make(chan int, capacity)
		bodies = append(bodies, func() {
			for i := 0; i < elements; i++ {
				link <- i & 127
			}
		}, func() {
			sum := 0
			for i := 0; i < elements; i++ {
				sum += <-link
			}
			sums[pair] = sum
		})
	}
	par(bodies...)
	return total(sums)
}

func idleGuard(n int) int {
	const choices, roundsAfter = 10, 10
	idle, busy, other := make(chan int), make(chan int), make(chan int)
	over := make([]chan int, n/choices+roundsAfter)
	for i := range over {
		over[i] = other
	}
	timed := n/choices - 1
	over[timed] = idle
	times := make([]time.Duration, len(over))
	sum := 0
	par(func() {
		for i, last := range over {
			for c := 0; c < choices; c++ {
				busy <- 1
			}
			begin := time.Now()
			last <- 1
			times[i] = time.Since(begin)
		}
	}, func() {
		for _, last := range over {
			for c := 0; c < choices; c++ {
				select {
				case x := <-idle:
					sum += x
				case x := <-busy:
					sum += x
				}
			}
			sum += <-last
		}
	})
	own = times[timed]
	return sum
}

func stressedAlt(n int) int {
	const channels, writers = 10, 1000
	var links [channels]chan int
	var bodies []func()
	stop := make(chan struct{})
	for c := range links {
		link := make(chan int)
		links[c] = link
		for w := 0; w < writers; w++ {
			self := c*writers + w
			bodies = append(bodies, func() {
				for {
					link <- self
					select {
					case <-stop:
						link <- -1
						return
					default:
					}
				}
			})
		}
	}
	choose := func() int {
		select {
		case x := <-links[0]:
			return x
		case x := <-links[1]:
			return x
		case x := <-links[2]:
			return x
		case x := <-links[3]:
			return x
		case x := <-links[4]:
			return x
		case x := <-links[5]:
			return x
		case x := <-links[6]:
			return x
		case x := <-links[7]:
			return x
		case x := <-links[8]:
			return x
		case x := <-links[9]:
			return x
		}
	}
	got := 0
	bodies = append(bodies, func() {
		var served [channels * writers]int
		for i := 0; i < n; i++ {
			served[choose()]++
			got++
		}
		close(stop)
		for left := channels * writers; left > 0; {
			if choose() == -1 {
				left--
			}
		}
		leastShare, largestShare = served[0], served[0]
		for _, share := range served {
			if share < leastShare {
				leastShare = share
			}
			if share > largestShare {
				largestShare = share
			}
		}
	})
	par(bodies...)
	return got
}

func ring(tokens, n int) int {
	const processes = 256
	var links [processes]chan int
	for i := range links {
		links[i] = make(chan int)
	}
	kept := make([]int, processes)
	var bodies []func()
	for self := range links {
		self, in, out := self, links[self], links[(self+1)%processes]
		bodies = append(bodies, func() {
			takes := n * tokens
			if self < tokens {
				out <- 1
				takes--
			}
			for k := 0; k < takes; k++ {
				out <- <-in
			}
			if self < tokens {
				kept[self] = n * <-in
			}
		})
	}
	par(bodies...)
	return total(kept)
}

func localWork(seed int) uint64 {
	x := uint64(seed + 1)
	for i := 0; i < 50; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

func crowd(side, capacity int, guarded bool, n int) int {
	share := n / side
	link, cancel := make(chan int, capacity), make(chan int)
	got := make([]int, side)
	var bodies []func()
	for self := 0; self < side; self++ {
		self := self
		bodies = append(bodies, func() {
			for k := 0; k < share; k++ {
				if localWork(k) != 0 {
					link <- 1
				}
			}
		}, func() {
			sum := 0
			for k := 0; k < share; k++ {
				x := 0
				if guarded {
					select {
					case x = <-cancel:
					case x = <-link:
					}
				} else {
					x = <-link
				}
				if localWork(k) != 0 {
					sum += x
				}
			}
			got[self] = sum
		})
	}
	par(bodies...)
	return total(got) + n - share*side
}

func popular(n int) int {
	const processes = 1000
	common := make(chan int)
	own := make([]chan int, processes)
	got := make([]int, processes)
	var bodies []func()
	for i := range own {
		i, mine := i, make(chan int)
		own[i] = mine
		bodies = append(bodies, func() {
			sum := 0
			for k := 0; k < n; k++ {
				select {
				case x := <-common:
					sum += x
				case x := <-mine:
					sum += x
				}
			}
			got[i] = sum
		})
	}
	bodies = append(bodies, func() {
		for k := 0; k < n; k++ {
			for _, link := range own {
				link <- 1
			}
		}
	})
	par(bodies...)
	return total(got)
}

func daisy(n int) int {
	first := make(chan int)
	left := first
	for i := 0; i < n; i++ {
		out, right := left, make(chan int)
		go func() { out <- 1 + <-right }()
		left = right
	}
	go func() { left <- 0 }()
	return <-first
}

func spawn(n int) int {
	count := 0
	var end sync.WaitGroup
	for i := 0; i < n; i++ {
		end.Add(1)
		go func() {
			count++
			end.Done()
		}()
		end.Wait()
	}
	return count
}

func yield(n int) int {
	var counts [2]int
	side := func(self int) func() {
		return func() {
			count := 0
			for i := 0; i < n; i++ {
				runtime.Gosched()
				count++
			}
			counts[self] = count
		}
	}
	par(side(0), side(1))
	return counts[0] + counts[1]
}

func tree(n int) int {
	var children func(levels int) int
	children = func(levels int) int {
		var counts [6]int
		var bodies [6]func()
		for i := range bodies {
			i := i
			bodies[i] = func() {
				counts[i] = 1
				if levels > 1 {
					counts[i] += children(levels - 1)
				}
			}
		}
		par(bodies[:]...)
		return total(counts[:])
	}
	count := 0
	for i := 0; i < n; i++ {
		count += children(6)
	}
	return count
}

func timers(n int) int {
	count := 0
	for i := 0; i < n; i++ {
		if time.AfterFunc(time.Hour, func() {}).Stop() {
			count++
		}
	}
	return count
}
