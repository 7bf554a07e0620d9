package main

// choosing runs the partners of a choice over all links, of which the first `inputs` are received on, and the choice itself.
func choosing(guards, inputs, n int, choice func(links []chan int) int) int {
	links := make([]chan int, guards)
	for i := range links {
		links[i] = make(chan int)
	}
	got := make([]int, guards+1)
	var bodies []func()
	for i, link := range links {
		i, link, share := i, link, n/guards
		if i == guards-1 {
			share += n % guards
		}
		if i < inputs {
			bodies = append(bodies, func() {
				for k := 0; k < share; k++ {
					link <- 1
				}
			})
		} else {
			bodies = append(bodies, func() {
				sum := 0
				for k := 0; k < share; k++ {
					sum += <-link
				}
				got[i] = sum
			})
		}
	}
	bodies = append(bodies, func() { got[guards] = choice(links) })
	par(bodies...)
	return total(got)
}

func choose1(n int) int {
	return choosing(1, 1, n, func(l []chan int) int {
		sum := 0
		for i := 0; i < n; i++ {
			select {
			case x := <-l[0]:
				sum += x
			}
		}
		return sum
	})
}

func choose2(inputs, n int) int {
	return choosing(2, inputs, n, func(l []chan int) int {
		sum := 0
		a, b := l[0], l[1]
		for i := 0; i < n; i++ {
			switch inputs {
			case 2:
				select {
				case x := <-a:
					sum += x
				case x := <-b:
					sum += x
				}
			case 1:
				select {
				case x := <-a:
					sum += x
				case b <- 1:
				}
			default:
				select {
				case a <- 1:
				case b <- 1:
				}
			}
		}
		return sum
	})
}

func choose8(inputs, n int) int {
	return choosing(8, inputs, n, func(l []chan int) int {
		sum := 0
		a, b, c, d, e, f, g, h := l[0], l[1], l[2], l[3], l[4], l[5], l[6], l[7]
		for i := 0; i < n; i++ {
			switch inputs {
			case 8:
				select {
				case x := <-a:
					sum += x
				case x := <-b:
					sum += x
				case x := <-c:
					sum += x
				case x := <-d:
					sum += x
				case x := <-e:
					sum += x
				case x := <-f:
					sum += x
				case x := <-g:
					sum += x
				case x := <-h:
					sum += x
				}
			case 4:
				select {
				case x := <-a:
					sum += x
				case x := <-b:
					sum += x
				case x := <-c:
					sum += x
				case x := <-d:
					sum += x
				case e <- 1:
				case f <- 1:
				case g <- 1:
				case h <- 1:
				}
			default:
				select {
				case a <- 1:
				case b <- 1:
				case c <- 1:
				case d <- 1:
				case e <- 1:
				case f <- 1:
				case g <- 1:
				case h <- 1:
				}
			}
		}
		return sum
	})
}
