// Lists the referrers of an image with oras-go, as its users see them, and reads every layer: for interop tests.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/registry/remote"
)

type referrer struct {
	Digest       string            `json:"digest"`
	ArtifactType string            `json:"artifactType"`
	Annotations  map[string]string `json:"annotations"`
	Layers       []string          `json:"layers"`
}

func main() {
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, name, reference string) error {
	repository, err := remote.NewRepository(name)
	if err != nil {
		return err
	}
	repository.PlainHTTP = true
	subject, err := repository.Resolve(ctx, reference)
	if err != nil {
		return err
	}
	found := []referrer{}
	err = repository.Referrers(ctx, subject, "", func(page []ocispec.Descriptor) error {
		for _, descriptor := range page {
			one, err := read(ctx, repository, descriptor)
			if err != nil {
				return err
			}
			found = append(found, one)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}

// read fetches the manifest and its layers; FetchAll fails unless size and digest are right.
func read(ctx context.Context, repository *remote.Repository, descriptor ocispec.Descriptor) (referrer, error) {
	one := referrer{Digest: descriptor.Digest.String(), ArtifactType: descriptor.ArtifactType, Annotations: descriptor.Annotations}
	bytes, err := content.FetchAll(ctx, repository, descriptor)
	if err != nil {
		return one, err
	}
	var manifest ocispec.Manifest
	if err := json.Unmarshal(bytes, &manifest); err != nil {
		return one, err
	}
	for _, layer := range manifest.Layers {
		if _, err := content.FetchAll(ctx, repository, layer); err != nil {
			return one, err
		}
		one.Layers = append(one.Layers, layer.Digest.String())
	}
	return one, nil
}
