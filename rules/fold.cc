#include "rules/fold.h"
