// Lists the referrers of a digest with containerd's FetchReferrers, and reads each manifest and its blobs through the
// same fetcher: for interop tests. Arguments: HOST/NAME DIGEST.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

type found struct {
	ocispec.Descriptor
	// Digest of the manifest's bytes, and of each layer's, as they arrived.
	Read   digest.Digest   `json:"read"`
	Layers []digest.Digest `json:"layers"`
}

func main() {
	if err := run(context.Background(), os.Args[1], digest.Digest(os.Args[2])); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, name string, subject digest.Digest) error {
	hosts := docker.ConfigureDefaultRegistries(docker.WithPlainHTTP(docker.MatchAllHosts))
	resolver := docker.NewResolver(docker.ResolverOptions{Hosts: withReferrers(hosts)})
	fetcher, err := resolver.Fetcher(ctx, name+"@"+subject.String())
	if err != nil {
		return err
	}
	lister, ok := fetcher.(remotes.ReferrersFetcher)
	if !ok {
		return fmt.Errorf("the fetcher lists no referrers")
	}
	descriptors, err := lister.FetchReferrers(ctx, subject)
	if err != nil {
		return err
	}
	all := []found{}
	for _, descriptor := range descriptors {
		one, err := read(ctx, fetcher, descriptor)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	return json.NewEncoder(os.Stdout).Encode(all)
}

// withReferrers says of every host that it may have the API: containerd asks only hosts of which that is said, and goes
// to the referrers tag of the same host otherwise.
func withReferrers(hosts docker.RegistryHosts) docker.RegistryHosts {
	return func(name string) ([]docker.RegistryHost, error) {
		all, err := hosts(name)
		for i := range all {
			all[i].Capabilities |= docker.HostCapabilityReferrers
		}
		return all, err
	}
}

func read(ctx context.Context, fetcher remotes.Fetcher, descriptor ocispec.Descriptor) (found, error) {
	one := found{Descriptor: descriptor}
	bytes, err := fetch(ctx, fetcher, descriptor)
	if err != nil {
		return one, err
	}
	one.Read = digest.FromBytes(bytes)
	var manifest ocispec.Manifest
	if err := json.Unmarshal(bytes, &manifest); err != nil {
		return one, err
	}
	for _, layer := range manifest.Layers {
		bytes, err := fetch(ctx, fetcher, layer)
		if err != nil {
			return one, err
		}
		one.Layers = append(one.Layers, digest.FromBytes(bytes))
	}
	return one, nil
}

func fetch(ctx context.Context, fetcher remotes.Fetcher, descriptor ocispec.Descriptor) ([]byte, error) {
	reader, err := fetcher.Fetch(ctx, descriptor)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return io.ReadAll(reader)
}
