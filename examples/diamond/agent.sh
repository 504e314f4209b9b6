#!/bin/sh
# The smallest agent there is: it knows its four tasks by heart.
mkdir -p greeting
case $MASTERPLAN_TASK in
  T1) echo 'Salutation, comma, space, name, full stop.' >greeting/SHAPE.md ;;
  T2) echo 'Good morning' >greeting/salutation.txt ;;
  T3) echo 'Ada' >greeting/name.txt ;;
  T4) echo "$(cat greeting/salutation.txt), $(cat greeting/name.txt)." >greeting/greeting.txt ;;
esac
