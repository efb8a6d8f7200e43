// Lists the referrers of a manifest in an OCI image layout with oras-go, as the oras CLI does: for interop tests.
package main

import (
	"context"
	_ "crypto/sha256" // go-digest knows the algorithms that are linked in
	"encoding/json"
	"fmt"
	"os"

	"oras.land/oras-go/v2/content/oci"
	"oras.land/oras-go/v2/registry"
)

func main() {
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, directory, reference string) error {
	store, err := oci.New(directory)
	if err != nil {
		return err
	}
	subject, err := store.Resolve(ctx, reference)
	if err != nil {
		return err
	}
	found, err := registry.Referrers(ctx, store, subject, "")
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}
