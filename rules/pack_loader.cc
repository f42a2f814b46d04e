#include "rules/pack_loader.h"
