// The echo contract on Go's net/http: PORT=3000 go run main.go
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
)

func echo(response http.ResponseWriter, request *http.Request) {
	content, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(response, "the content is not whole", http.StatusBadRequest)
		return
	}
	head := response.Header()
	head.Set("Echo-Method", request.Method)
	if values := request.Header.Values("X-Echo"); len(values) > 0 {
		head.Set("Echo-Value", values[0])
	}
	if values := request.Trailer.Values("X-Echo"); len(values) > 0 {
		head.Set("Echo-Trailer", values[0])
	}
	response.Write(content)
}

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "3000"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Listening on http://%s/\n", listener.Addr())
	log.Fatal(http.Serve(listener, http.HandlerFunc(echo)))
}
