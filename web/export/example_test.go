package export_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"hakbeon/web/export"
)

// A batch that has ended, as a ZIP.
func Example() {
	exam := newRoom(new(testing.T), "학번,이름,분반\n32141837,홍길동,1\n32141838,김영희,2\n")
	exam.accepted("32141837", []byte("page one"), []byte("page two"))
	exam.end()

	exporter := export.New(export.Options{Store: exam.bucket})
	home, err := exporter.Open(context.Background(), export.Request{Batch: exam.batch, Language: "ko"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer home.Close()
	var file bytes.Buffer
	if err := home.WriteZip(context.Background(), &file); err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range papersOf(unpack(new(testing.T), file.Bytes())) {
		fmt.Println(name)
	}
	// Output:
	// 32141837_홍길동/32141837_홍길동_01.jpg
	// 32141837_홍길동/32141837_홍길동_02.jpg
}
