package main

import (
	"context"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	quota "k8s.io/apiserver/pkg/quota/v1/generic"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/util/keyutil"
	"k8s.io/controller-manager/pkg/informerfactory"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/certificates/rootcacertpublisher"
	"k8s.io/kubernetes/pkg/controller/clusterroleaggregation"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/namespace"
	"k8s.io/kubernetes/pkg/controller/resourcequota"
	serviceaccountcontroller "k8s.io/kubernetes/pkg/controller/serviceaccount"
	quotainstall "k8s.io/kubernetes/pkg/quota/v1/install"
	"k8s.io/kubernetes/pkg/serviceaccount"

	"kubevirt-shepherd.io/devcluster/controlplane/internal/pki"
)

const (
	resync = 12 * time.Hour // informers learn of changes from their watches
	// How often the controllers that work on every kind look for new kinds. As kube-controller-manager does.
	rediscover = 30 * time.Second
	// Quotas are counted afresh this often, whatever was seen in between.
	recount = 5 * time.Minute
	workers = 5
)

// controllers are those of kube-controller-manager that matter without nodes. Its command would bring all
// the others, 400 packages more to compile.
type controllers struct {
	client    kubernetes.Interface
	metadata  metadata.Interface
	typed     informers.SharedInformerFactory
	informers informerfactory.InformerFactory // typed where there are types, metadata for all other kinds
	started   chan struct{}                   // closed when informers may be started
	run       []func(context.Context)
}

// startControllers starts them all. It is called when the definitions are served, so that the garbage
// collector and the quotas know every kind from the start.
func startControllers(ctx context.Context, config *rest.Config, keys pki.Files) error {
	c, err := newControllers(config)
	if err != nil {
		return err
	}
	rootCA, err := os.ReadFile(keys.CA)
	if err != nil {
		return err
	}
	c.addNamespaces(ctx)
	c.addClusterRoles()
	for _, add := range []func() error{
		func() error { return c.addServiceAccounts(ctx) },
		func() error { return c.addTokens(ctx, rootCA, keys.ServiceAccountKey) },
		func() error { return c.addRootCA(rootCA) },
		func() error { return c.addQuotas(ctx) },
		func() error { return c.addGarbageCollector(ctx) },
	} {
		if err := add(); err != nil {
			return fmt.Errorf("controllers: %w", err)
		}
	}
	for _, run := range c.run {
		go run(ctx)
	}
	c.informers.Start(ctx.Done())
	close(c.started)
	return nil
}

func newControllers(config *rest.Config) (*controllers, error) {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	metadataClient, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	typed := informers.NewSharedInformerFactoryWithOptions(client, resync, informers.WithTransform(trim))
	untyped := metadatainformer.NewSharedInformerFactoryWithOptions(metadataClient, resync, metadatainformer.WithTransform(trim))
	return &controllers{
		client:    client,
		metadata:  metadataClient,
		typed:     typed,
		informers: informerfactory.NewInformerFactory(typed, untyped),
		started:   make(chan struct{}),
	}, nil
}

// trim drops what no controller reads and is often half of an object.
func trim(object any) (any, error) {
	if accessor, err := meta.Accessor(object); err == nil {
		accessor.SetManagedFields(nil)
	}
	return object, nil
}

func (c *controllers) add(run func(context.Context)) {
	c.run = append(c.run, run)
}

func (c *controllers) addNamespaces(ctx context.Context) {
	namespaces := namespace.NewNamespaceController(ctx, c.client, c.metadata,
		c.client.Discovery().ServerPreferredNamespacedResources,
		c.typed.Core().V1().Namespaces(), recount, corev1.FinalizerKubernetes)
	c.add(func(ctx context.Context) { namespaces.Run(ctx, workers) })
}

func (c *controllers) addClusterRoles() {
	roles := clusterroleaggregation.NewClusterRoleAggregation(c.typed.Rbac().V1().ClusterRoles(), c.client.RbacV1())
	c.add(func(ctx context.Context) { roles.Run(ctx, workers) })
}

func (c *controllers) addServiceAccounts(ctx context.Context) error {
	accounts, err := serviceaccountcontroller.NewServiceAccountsController(klog.FromContext(ctx),
		c.typed.Core().V1().ServiceAccounts(), c.typed.Core().V1().Namespaces(), c.client,
		serviceaccountcontroller.DefaultServiceAccountsControllerOptions())
	c.add(func(ctx context.Context) { accounts.Run(ctx, 1) })
	return err
}

// addTokens fills Secrets of type service-account-token; bound tokens come from the API server itself.
func (c *controllers) addTokens(ctx context.Context, rootCA []byte, keyFile string) error {
	key, err := keyutil.PrivateKeyFromFile(keyFile)
	if err != nil {
		return err
	}
	generator, err := serviceaccount.JWTTokenGenerator(serviceaccount.LegacyIssuer, key)
	if err != nil {
		return err
	}
	tokens, err := serviceaccountcontroller.NewTokensController(klog.FromContext(ctx),
		c.typed.Core().V1().ServiceAccounts(), c.typed.Core().V1().Secrets(), c.client,
		serviceaccountcontroller.TokensControllerOptions{TokenGenerator: generator, RootCA: rootCA})
	c.add(func(ctx context.Context) { tokens.Run(ctx, workers) })
	return err
}

func (c *controllers) addRootCA(rootCA []byte) error {
	publisher, err := rootcacertpublisher.NewPublisher(
		c.typed.Core().V1().ConfigMaps(), c.typed.Core().V1().Namespaces(), c.client, rootCA)
	c.add(func(ctx context.Context) { publisher.Run(ctx, 1) })
	return err
}

func (c *controllers) addQuotas(ctx context.Context) error {
	lister := quota.ListerFuncForResourceFunc(c.typed.ForResource)
	configuration, err := quotainstall.NewQuotaConfigurationForControllers(lister, c.typed)
	if err != nil {
		return err
	}
	discover := c.client.Discovery().ServerPreferredNamespacedResources
	quotas, err := resourcequota.NewController(ctx, &resourcequota.ControllerOptions{
		QuotaClient:               c.client.CoreV1(),
		ResourceQuotaInformer:     c.typed.Core().V1().ResourceQuotas(),
		ResyncPeriod:              controller.StaticResyncPeriodFunc(recount),
		InformerFactory:           c.informers,
		ReplenishmentResyncPeriod: controller.StaticResyncPeriodFunc(resync),
		DiscoveryFunc:             discover,
		IgnoredResourcesFunc:      configuration.IgnoredResources,
		InformersStarted:          c.started,
		Registry:                  quota.NewRegistry(configuration.Evaluators()),
		UpdateFilter:              quotainstall.DefaultUpdateFilter(),
	})
	c.add(func(ctx context.Context) { quotas.Run(ctx, workers) })
	c.add(func(ctx context.Context) { quotas.Sync(ctx, discover, rediscover) })
	return err
}

func (c *controllers) addGarbageCollector(ctx context.Context) error {
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(c.client.Discovery()))
	graph := garbagecollector.NewDependencyGraphBuilder(ctx, c.metadata, mapper,
		garbagecollector.DefaultIgnoredResources(), c.informers, c.started)
	collector, err := garbagecollector.NewComposedGarbageCollector(ctx, c.client, c.metadata, mapper, graph)
	c.add(func(ctx context.Context) { collector.Run(ctx, workers, rediscover) })
	c.add(func(ctx context.Context) { collector.Sync(ctx, c.client.Discovery(), rediscover) })
	return err
}
