package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

// fieldManager owns what the cluster itself installs.
const fieldManager = "shepherd-controlplane"

var definitions = schema.GroupVersionResource{
	Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions",
}

// installer applies manifests of any kind by server-side apply, so installing twice is the same as once.
type installer struct {
	client dynamic.Interface
	mapper *restmapper.DeferredDiscoveryRESTMapper
}

func newInstaller(config *rest.Config) (*installer, error) {
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	discoveryClient, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discoveryClient))
	return &installer{client, mapper}, nil
}

// definitions applies every CustomResourceDefinition among the objects and returns the objects left to apply.
func (i *installer) definitions(ctx context.Context, objects []*unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	var rest, crds []*unstructured.Unstructured
	for _, object := range objects {
		if object.GetKind() == kindDefinition {
			crds = append(crds, object)
		} else {
			rest = append(rest, object)
		}
	}
	// All at once: the server's answers overlap.
	failures := make([]error, len(crds))
	var group sync.WaitGroup
	for n, crd := range crds {
		group.Go(func() {
			if _, err := i.client.Resource(definitions).Apply(ctx, crd.GetName(), crd, applyOptions()); err != nil {
				failures[n] = fmt.Errorf("%s: %w", crd.GetName(), err)
			}
		})
	}
	group.Wait()
	return rest, utilerrors.NewAggregate(failures)
}

// served waits until discovery names the kinds of all definitions. It names them when they are established,
// and asking it costs less than reading a hundred kilobytes of schema again and again.
func (i *installer) served(ctx context.Context, objects []*unstructured.Unstructured) error {
	i.mapper.Reset()
	for _, crd := range objects {
		if crd.GetKind() != kindDefinition {
			continue
		}
		group, _, _ := unstructured.NestedString(crd.Object, "spec", "group")
		kind, _, _ := unstructured.NestedString(crd.Object, "spec", "names", "kind")
		for {
			_, err := i.mapper.RESTMapping(schema.GroupKind{Group: group, Kind: kind})
			if err == nil {
				break
			}
			if pause(ctx) != nil {
				return fmt.Errorf("discovery: %w", err)
			}
			i.mapper.Reset()
		}
	}
	return nil
}

// objects applies everything else, in order.
func (i *installer) objects(ctx context.Context, objects []*unstructured.Unstructured) error {
	for _, object := range objects {
		if err := i.object(ctx, object); err != nil {
			return fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
	return nil
}

func (i *installer) object(ctx context.Context, object *unstructured.Unstructured) error {
	kind := object.GroupVersionKind()
	mapping, err := i.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return err
	}
	var client dynamic.ResourceInterface = i.client.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		if object.GetNamespace() == "" {
			object.SetNamespace(metav1.NamespaceDefault)
		}
		client = i.client.Resource(mapping.Resource).Namespace(object.GetNamespace())
	}
	if _, err := client.Apply(ctx, object.GetName(), object, applyOptions()); err != nil {
		return err
	}
	if _, given := object.Object["status"]; !given {
		return nil
	}
	// A kind with a status subresource has ignored the status so far; one without has taken it.
	_, err = client.Apply(ctx, object.GetName(), object, applyOptions(), "status")
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// applyOptions take fields over from whoever changed them: the manifest is what the cluster starts with.
func applyOptions() metav1.ApplyOptions {
	return metav1.ApplyOptions{FieldManager: fieldManager, Force: true}
}

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(50 * time.Millisecond):
		return nil
	}
}
