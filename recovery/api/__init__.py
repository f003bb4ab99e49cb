"""The JSON API: who may call, what is accepted, what is answered; every effect is a service's."""
