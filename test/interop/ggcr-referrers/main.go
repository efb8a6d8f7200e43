// The registry of go-containerregistry with its referrers endpoint switched on, which its own command leaves off: an
// API without OCI-Subject, with types taken from the config and without annotations. For interop tests.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	server := &http.Server{
		Addr:              os.Args[1],
		ReadHeaderTimeout: 5 * time.Second,
		Handler:           registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0))),
	}
	log.Fatal(server.ListenAndServe())
}
