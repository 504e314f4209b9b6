#!/bin/sh
case $MASTERPLAN_TASK in
  P1) echo 'if [ -f count.txt ]; then echo $(($(cat count.txt) + 1)); else echo 1; fi' >count.sh ;;
  P2) echo 'n=$(( $(cat count.txt 2>/dev/null || echo 0) + 1 )); echo $n | tee count.txt' >count.sh ;;
esac
