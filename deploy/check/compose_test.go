package check_test

import (
	"context"
	"slices"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
)

// Compose's own loader takes the file, and the worker in it has what it needs.
func TestComposeLoads(t *testing.T) {
	options, err := cli.NewProjectOptions([]string{"../compose.yaml"}, cli.WithName("hakbeon"), cli.WithEnv([]string{"API_KEY=k", "WEBHOOK_SECRET=whsec_x"}))
	must(t, err)
	project, err := options.LoadProject(context.Background())
	must(t, err)
	worker, err := project.GetService("worker")
	must(t, err)
	if !worker.ReadOnly || !slices.Contains(worker.CapDrop, "ALL") || worker.StopGracePeriod == nil {
		t.Errorf("the worker is not as the image wants it: %+v", worker)
	}
	for _, name := range []string{"AWS_REGION", "S3_BUCKET", "SQS_QUEUE_URL", "SQS_WORK_QUEUE_URL", "SQS_CALLBACK_QUEUE_URL", "SQS_DLQ_URL", "WEBHOOK_SECRET"} {
		if value := worker.Environment[name]; value == nil || *value == "" {
			t.Errorf("%s is not set", name)
		}
	}
}
