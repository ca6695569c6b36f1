package main

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// What every cluster of ours holds: KubeVirt's and CDI's definitions as generated (crds), and the objects
// by which clients recognise an installed KubeVirt (manifests).
//
//go:embed crds/*.yaml manifests/*.yaml
var embedded embed.FS

const kindDefinition = "CustomResourceDefinition"

// readEmbedded returns the objects of both embedded folders.
func readEmbedded() ([]*unstructured.Unstructured, error) {
	return readFolder(embedded, ".")
}

// readPath returns the objects of a manifest or of all manifests below a folder.
func readPath(path string) ([]*unstructured.Unstructured, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return readFolder(os.DirFS(path), ".")
	}
	return readFile(os.DirFS(filepath.Dir(path)), filepath.Base(path))
}

func readFolder(files fs.FS, folder string) ([]*unstructured.Unstructured, error) {
	var all []*unstructured.Unstructured
	err := fs.WalkDir(files, folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		switch filepath.Ext(name) {
		case ".yaml", ".yml", ".json":
		default:
			return nil
		}
		objects, err := readFile(files, name)
		all = append(all, objects...)
		return err
	})
	return all, err
}

func readFile(files fs.FS, name string) ([]*unstructured.Unstructured, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var all []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(file, 4096)
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(object)
		switch {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("%s: %w", name, err)
		case len(object.Object) == 0: // a document of comments only
		case object.IsList():
			err := object.EachListItem(func(item runtime.Object) error {
				all = append(all, item.(*unstructured.Unstructured))
				return nil
			})
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		default:
			all = append(all, object)
		}
	}
}

// sortForInstallation puts first what others need: namespaces before what lies in them, webhooks after all
// that they could refuse. Otherwise the order of the files stays.
func sortForInstallation(objects []*unstructured.Unstructured) {
	rank := func(object *unstructured.Unstructured) int {
		switch object.GetKind() {
		case "Namespace":
			return 0
		case "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration":
			return 2
		default:
			return 1
		}
	}
	slices.SortStableFunc(objects, func(a, b *unstructured.Unstructured) int {
		return cmp.Compare(rank(a), rank(b))
	})
}
