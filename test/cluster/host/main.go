// A genuine Kubernetes control plane on loopback, in one program: etcd, kube-apiserver, kube-controller-manager, and a stand-in for the kubelets.
// Each is a process of its own, so that a test can kill, freeze and restart one of them.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: cluster etcd|apiserver|controllers|kubelet FLAGS…")
		os.Exit(2)
	}
	role := os.Args[1]
	os.Args = append([]string{"cluster-" + role}, os.Args[2:]...)
	var command *cobra.Command
	switch role {
	case "etcd":
		command = etcdCommand()
	case "apiserver":
		command = apiserver.NewAPIServerCommand()
	case "controllers":
		command = controllers.NewControllerManagerCommand()
	case "kubelet":
		command = kubeletCommand()
	default:
		fmt.Fprintf(os.Stderr, "cluster: no such role: %s\n", role)
		os.Exit(2)
	}
	os.Exit(cli.Run(command))
}
