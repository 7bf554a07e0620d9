package main

import (
	"fmt"
	"io"
	"net"
	"os"
)

// echo sends back whatever comes, on a port that it prints, until its standard input ends.
func echo() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				buffer := make([]byte, 128*1024)
				for {
					n, err := connection.Read(buffer)
					if err != nil {
						connection.Close()
						return
					}
					if _, err := connection.Write(buffer[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	io.Copy(io.Discard, os.Stdin)
}
