#include "pipeline/match.h"
