package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

// unschedulable is the label of pods that stay pending, as where no node has room.
const unschedulable = "scale.test/unschedulable"

// kubeletCommand makes pods ready a while after they were created, and removes those that are being deleted.
func kubeletCommand() *cobra.Command {
	var kubeconfig string
	var delay time.Duration
	command := &cobra.Command{
		Use:          "kubelet",
		SilenceUsage: true,
		RunE: func(command *cobra.Command, _ []string) error {
			config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
			if err != nil {
				return err
			}
			config.QPS, config.Burst = 500, 500
			client, err := kubernetes.NewForConfig(config)
			if err != nil {
				return err
			}
			return keepPodsReady(command.Context(), client, delay)
		},
	}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "file to reach the API server with")
	command.Flags().DurationVar(&delay, "ready-after", 300*time.Millisecond, "from creation to ready")
	return command
}

func keepPodsReady(ctx context.Context, client kubernetes.Interface, delay time.Duration) error {
	factory := informers.NewSharedInformerFactory(client, 0)
	informer := factory.Core().V1().Pods().Informer()
	tend := func(object any) {
		pod, ok := object.(*corev1.Pod)
		if !ok {
			return
		}
		switch {
		case pod.DeletionTimestamp != nil:
			zero := int64(0)
			_ = client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{GracePeriodSeconds: &zero})
		case pod.Status.Phase == corev1.PodPending && pod.Labels[unschedulable] != "":
			if len(pod.Status.Conditions) == 0 {
				status(ctx, client, pod, `{"status":{"conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/1 nodes are available: 1 Insufficient cpu."}]}}`)
			}
		case pod.Status.Phase == corev1.PodPending:
			wait := time.Until(pod.CreationTimestamp.Add(delay))
			time.AfterFunc(wait, func() { makeReady(ctx, client, pod) })
		}
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: tend, UpdateFunc: func(_, now any) { tend(now) }})
	if err != nil {
		return err
	}
	factory.Start(ctx.Done())
	<-ctx.Done()
	return nil
}

func makeReady(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod) {
	now := time.Now().UTC().Format(time.RFC3339)
	patch := fmt.Sprintf(
		`{"status":{"phase":"Running","startTime":%q,"conditions":[{"type":"Ready","status":"True","lastTransitionTime":%q},{"type":"ContainersReady","status":"True","lastTransitionTime":%q}]}}`,
		now, now, now)
	status(ctx, client, pod, patch)
}

// status patches a pod's status. A pod that is gone needs none.
func status(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod, patch string) {
	_, _ = client.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{}, "status")
}
