#include "rules/reference_matcher.h"
