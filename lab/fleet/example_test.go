package fleet_test

import (
	"fmt"
	"time"

	"hakbeon/lab/fleet"
)

// A worker without settings says what it lacks and ends.
func Example() {
	worker, err := fleet.Start(fleet.Options{})
	if err != nil {
		panic(err)
	}
	<-worker.Done()
	fmt.Println(worker.Stop(time.Second))
	// Output: exit status 1
}
