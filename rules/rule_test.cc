#include "rules/rule_test.h"
