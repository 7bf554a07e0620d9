module works

go 1.19
