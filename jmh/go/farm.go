package main

// farm keeps tasks under way that do nothing: workers take them from one channel and put the results into another.
func farm(n int) int {
	const workers, outstanding = 2, 64
	tasks, results := make(chan int, outstanding), make(chan int, outstanding)
	sum := 0
	worker := func() {
		for task := <-tasks; task >= 0; task = <-tasks {
			results <- task
		}
	}
	par(worker, worker, func() {
		for i := 0; i < n; i++ {
			if i >= outstanding {
				sum += <-results
			}
			tasks <- i & 127
		}
		for i := 0; i < n && i < outstanding; i++ {
			sum += <-results
		}
		for i := 0; i < workers; i++ {
			tasks <- -1
		}
	})
	return sum
}
