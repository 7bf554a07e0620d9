package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

// memory prints how many bytes one of n channels, blocked or sleeping goroutines takes.
func memory(kind string, n int) {
	before := used()
	var kept []chan int
	var started sync.WaitGroup
	for i := 0; i < n; i++ {
		switch kind {
		case "rendezvous":
			kept = append(kept, make(chan int))
		case "buffered-64":
			kept = append(kept, make(chan int, 64))
		case "blocked":
			link := make(chan int)
			kept = append(kept, link)
			started.Add(1)
			go func() {
				started.Done()
				<-link
			}()
		case "sleeping":
			started.Add(1)
			go func() {
				started.Done()
				time.Sleep(time.Hour)
			}()
		}
	}
	started.Wait()
	time.Sleep(100 * time.Millisecond) // those that have said so are about to wait
	fmt.Println("bytes", float64(used()-before)/float64(n))
	runtime.KeepAlive(kept)
}

func used() uint64 {
	runtime.GC()
	runtime.GC()
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	return now.HeapAlloc + now.StackInuse
}
